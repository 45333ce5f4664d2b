from callagent.scripted_calls.run.call_view import Scene
from callagent.scripted_calls.run.judge import Judgement, NotJudged
from callagent.scripted_calls.script.steps.expectations.judged_by_llm import Judged
from callagent.scripted_calls.script.steps.verdict import Verdict
from tests.support.played_call import PlayedCall
from tests.support.virtual import virtually

STEP = Judged(judge="It is polite.")


class Agreeing:
    def judge(self, criterion: str, conversation: str) -> Judgement:
        return Judgement(True, f"{conversation}: {criterion}")


class Missing:
    def judge(self, criterion: str, conversation: str) -> Judgement:
        raise NotJudged("nobody is there")


def test_it_is_put_in_words() -> None:
    assert STEP.describe() == "judge: It is polite."


def test_the_judge_is_asked_about_the_conversation() -> None:
    assert virtually(lambda: STEP.ask(Agreeing(), "Good morning.")) == Verdict(True, "Good morning.: It is polite.")


def test_without_a_judgement_the_step_is_neither_met_nor_failed() -> None:
    asked = virtually(lambda: STEP.ask(Missing(), "Good morning."))
    assert asked == Verdict(False, "not judged: nobody is there", judged=False)


def test_the_end_of_the_reply_is_waited_for() -> None:
    call = PlayedCall()
    call.caller(1.0, 2.0)
    call.agent(4.0, 6.0)

    async def reached(scene: Scene) -> Verdict:
        await STEP.reach(scene)
        return Verdict(True, f"{scene.now:.1f}")

    assert call.judge(reached).observed == "6.0"
