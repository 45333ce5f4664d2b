"""`scripts/bench train-ear`: trains the ear that callagent ships, from a seed."""

import hashlib
import json
from pathlib import Path

import click

from callagent.cli.output import ExitStatus
from scripts.benchmarks.corpus import voices
from scripts.benchmarks.ear.chunks import make_chunks
from scripts.benchmarks.replay.package_env import PackageEnv, PackageMissing

PROBE = Path(__file__).with_name("training_probe.py")

TRAINER = ("optax==0.2.8", "onnx==1.23.2")

TRAINING_S = 7200.0
"""Longest that the training itself may take."""


@click.command("train-ear")
@click.option("--sayings", default=5000, show_default=True, help="How much is said to it: one takes half a second.")
@click.option("--epochs", default=14, show_default=True, help="How often it hears all of it.")
@click.option("--seed", default=1, show_default=True, help="What is said, by whom, and how training begins.")
@click.option("--out", type=click.Path(path_type=Path), default=Path("out/ear"), show_default=True, help="Directory.")
def train_ear(*, sayings: int, epochs: int, seed: int, out: Path) -> None:
    """Train the ear: what is said is synthesised, sent over lines and encoded, then the ear learns what it is.

    About two hours on two cores. It leaves ear.onnx and figures.json, with figures on phrases and voices that it was
    not trained on, and prints the checksum for `callagent/providers/local/ear/`.
    """
    for missing in voices.get_voices(list(voices.TUNE["en"]), install=True):
        click.echo(missing, err=True)
    trainer = PackageEnv(out / "trainer", *TRAINER)
    try:
        trainer.prepare()
    except PackageMissing as error:
        click.echo(str(error), err=True)
        raise click.exceptions.Exit(ExitStatus.UNAVAILABLE) from error
    chunks = out / f"chunks-{seed}"
    make_chunks(chunks, sayings=sayings, seed=seed)
    model = out / "ear.onnx"
    asked = {"chunks": str(chunks), "model": str(model), "epochs": epochs, "seed": seed}
    (figures,) = trainer.ask(PROBE, [asked], timeout=TRAINING_S)
    (out / "figures.json").write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    click.echo(json.dumps(figures, indent=2))
    click.echo(f"{model}: SHA-256 {hashlib.sha256(model.read_bytes()).hexdigest()}")
