"""Trunks and dispatch rules: whether a call from outside would get to this worker, and whether it could call out."""

import asyncio
from collections.abc import Collection, Sequence

from livekit import api

from callagent.concurrency import all_of
from callagent.doctor.check import Check, Finding, Subject, failed, ok, warning
from callagent.livekit_api import ServerError, open_client
from callagent.profile.paths import profile_names
from callagent.telephony import choose_profile, read_context

APPLY = "describe them in a file like configs/sip/example.yaml and run `callagent sip apply FILE`"

Trunks = Sequence[api.SIPInboundTrunkInfo]
Rules = Sequence[api.SIPDispatchRuleInfo]


async def check_trunks(subject: Subject) -> Finding:
    """List trunks and rules, and follow the way of a call through them."""
    try:
        async with open_client(subject.connection) as server:
            inbound, outbound, rules = await all_of(
                server.inbound_trunks(), server.outbound_trunks(), server.dispatch_rules()
            )
    except ServerError as error:
        return failed(f"the trunks cannot be listed ({type(error).__name__})", "look into the log of livekit-server")
    known = await asyncio.to_thread(profile_names)
    return judge(inbound, len(outbound), rules, agent_name=subject.agent_name, profiles=known)


def judge(inbound: Trunks, outbound: int, rules: Rules, *, agent_name: str, profiles: Collection[str]) -> Finding:
    """Return what can be said of these trunks and rules.

    Args:
        outbound: how many outbound trunks there are.
        agent_name: the name that this worker answers to.
        profiles: names of the profiles that there are.
    """
    counted = f"{len(inbound)} inbound, {outbound} outbound, {len(rules)} dispatch rules"
    if not inbound and not outbound:
        return failed(f"{counted}: no call can come or go", APPLY)
    if not inbound:
        return ok(f"{counted}: this worker only calls out")
    if unruled := [trunk.name or trunk.sip_trunk_id for trunk in inbound if not _rules_of(trunk, rules)]:
        return failed(f"no dispatch rule for the inbound trunk {', '.join(unruled)}: its calls get no answer", APPLY)
    ours = [rule for rule in rules if any(agent.agent_name == agent_name for agent in rule.room_config.agents)]
    if not ours:
        return failed(f"{counted}: no rule dispatches the agent {agent_name}, nobody answers", APPLY)
    if problems := [f"rule {_name(rule)}: {problem}" for rule in ours for problem in _problems(rule, profiles)]:
        return warning(f"{counted}; {'; '.join(problems)} (the default profile answers)", APPLY)
    if idle := [_name(rule) for rule in rules if not rule.room_config.agents]:
        return warning(f"{counted}; no agent in the rule {', '.join(idle)}: its callers hear it ring", APPLY)
    return ok(counted if outbound else f"{counted}: this worker cannot call out")


def _rules_of(trunk: api.SIPInboundTrunkInfo, rules: Rules) -> Rules:
    return [rule for rule in rules if not rule.trunk_ids or trunk.sip_trunk_id in rule.trunk_ids]


def _problems(rule: api.SIPDispatchRuleInfo, profiles: Collection[str]) -> Sequence[str]:
    metadata = next((agent.metadata for agent in rule.room_config.agents), "")
    context = read_context(attributes=dict(rule.attributes), metadata=metadata)
    return [*context.problems, *choose_profile(context, default="", known=lambda: profiles).problems]


def _name(rule: api.SIPDispatchRuleInfo) -> str:
    return rule.name or rule.sip_dispatch_rule_id


TRUNKS = Check("trunks", check_trunks, needs=("sip",), late=("the trunks were not listed", "is its Redis reachable?"))
