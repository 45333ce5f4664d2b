"""Run in an environment with optax (`scripts.benchmarks.replay.package_env`): trains the ear.

Each line of its input is JSON, `{"chunks": directory, "model": file to write, "epochs": count, "seed": number}`. Each
answer has figures on what was kept from training. Needs nothing but jax, optax, onnx and numpy; the project's own
packages are not there.
"""

import importlib
import importlib.util
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np

FRAMES = 168
SHORT_FRAMES = 84
"""Most moments have no more frames; those are trained on together, in half the time."""
VALUES = 384
CHANNELS = 128
TAPS = 5
DILATIONS = (1, 2)
HEADS = 4
HIDDEN = 64
SOUNDS = 4
BATCH = 96
RATE = 1.5e-3
DROPPED = 0.3
"""Share of the pooled features that is left out; so are a tenth of the values and a sixth of the channels."""
NOISE = 0.2
"""Standard deviation of what is added to each value, in its own deviations."""
SMOOTHING = 0.05


def read_chunks(directory: Path) -> dict[str, Any]:
    """Return frames, padded to `FRAMES`, and what is known of each moment."""
    parts: dict[str, list[Any]] = {"frames": [], "length": [], "sound": [], "speech": [], "ended": [], "kept": []}
    for path in sorted(directory.glob("*.npz")):
        with np.load(path, allow_pickle=False) as chunk:
            ends = np.cumsum(chunk["length"])
            frames = np.zeros((len(ends), FRAMES, VALUES), np.float16)
            for number, (end, length) in enumerate(zip(ends, chunk["length"], strict=True)):
                size = min(length, FRAMES)
                frames[number, :size] = chunk["frames"][end - length : end - length + size]
            parts["frames"].append(frames)
            parts["length"].append(np.minimum(chunk["length"], FRAMES))
            for name in ("sound", "speech", "ended", "kept"):
                parts[name].append(chunk[name])
    return {name: np.concatenate(each) for name, each in parts.items()}


class Trainer:
    """The model in jax, trained on moments that are not `kept` (1: a phrase, 2: a voice kept from training)."""

    def __init__(self, moments: dict[str, Any], seed: int) -> None:
        self.jax: Any = importlib.import_module("jax")
        self.np: Any = importlib.import_module("jax.numpy")
        self.optax: Any = importlib.import_module("optax")
        self.moments = moments
        self.training = np.flatnonzero(moments["kept"] == 0)
        self.key = self.jax.random.PRNGKey(seed)
        self.order = np.random.default_rng(seed)
        known = moments["frames"][self.training[:3000]].astype(np.float32).reshape(-1, VALUES)
        known = known[np.abs(known).sum(1) > 0]
        self.mean, self.deviation = known.mean(0), known.std(0) + 1e-3
        self.weights = self._begin()
        self._forward = self.jax.jit(
            lambda its, frames, length, speech: self.jax.nn.softmax(self._logits(its, frames, length, speech, None))
        )

    def _begin(self) -> dict[str, Any]:
        shapes: dict[str, tuple[int, ...]] = {"input": (VALUES, CHANNELS), "attention": (CHANNELS, HEADS)}
        shapes |= {f"taps_{layer}": (TAPS, CHANNELS, CHANNELS) for layer in range(len(DILATIONS))}
        shapes |= {"pooled": (CHANNELS * (HEADS + 2) + 2, HIDDEN), "output": (HIDDEN, SOUNDS)}
        weights = {}
        for name, shape in shapes.items():
            self.key, one = self.jax.random.split(self.key)
            scale = (0.1 if name == "attention" else 1.2) / np.sqrt(np.prod(shape[:-1]))
            weights[name] = self.jax.random.normal(one, shape) * scale
        sizes = {"input_bias": CHANNELS, "pooled_bias": HIDDEN, "output_bias": SOUNDS}
        sizes |= {f"taps_{layer}_bias": CHANNELS for layer in range(len(DILATIONS))}
        return weights | {name: self.np.zeros(size) for name, size in sizes.items()}

    def _logits(self, its: Any, frames: Any, length: Any, speech: Any, key: Any) -> Any:
        jax, jnp = self.jax, self.np
        there = (jnp.arange(frames.shape[1])[None] < length[:, None])[..., None].astype(jnp.float32)
        values = (frames.astype(jnp.float32) - self.mean) / self.deviation
        keys = [None] * 4 if key is None else jax.random.split(key, 4)
        if key is not None:
            values = values + NOISE * jax.random.normal(keys[0], values.shape)
            values = values * (jax.random.uniform(keys[1], (len(values), 1, VALUES)) > DROPPED / 3)
        hidden = jax.nn.gelu(values @ its["input"] + its["input_bias"]) * there
        hidden = self._thinned(hidden, keys[2], DROPPED / 2)
        for layer, dilation in enumerate(DILATIONS):
            more = jax.lax.conv_general_dilated(
                hidden,
                its[f"taps_{layer}"],
                (1,),
                "SAME",
                rhs_dilation=(dilation,),
                dimension_numbers=("NWC", "WIO", "NWC"),
            )
            hidden = (hidden + jax.nn.gelu(more + its[f"taps_{layer}_bias"])) * there
        away = (there - 1) * 1e4
        attention = jax.nn.softmax(hidden @ its["attention"] + away, 1)
        heads = jnp.einsum("btc,bth->bhc", hidden, attention).reshape(len(hidden), -1)
        seconds = jnp.stack([speech, jnp.minimum(speech, 1.0)], 1)
        pooled = jnp.concatenate([heads, hidden.sum(1) / there.sum(1), (hidden + away).max(1), seconds], 1)
        pooled = self._thinned(pooled, keys[3], DROPPED)
        return jax.nn.gelu(pooled @ its["pooled"] + its["pooled_bias"]) @ its["output"] + its["output_bias"]

    def _thinned(self, values: Any, key: Any, share: float) -> Any:
        if key is None:
            return values
        return values * (self.jax.random.uniform(key, values.shape) > share) / (1 - share)

    def train(self, epochs: int) -> None:
        """Run the epochs."""
        rounds = len(self.training) // BATCH
        steps = epochs * rounds
        rate = self.optax.warmup_cosine_decay_schedule(RATE / 10, RATE, min(100, steps // 10), steps, RATE / 100)
        rule = self.optax.chain(self.optax.clip_by_global_norm(1.0), self.optax.adamw(rate, weight_decay=1e-3))
        state = rule.init(self.weights)

        def loss(its: Any, frames: Any, length: Any, speech: Any, sound: Any, key: Any) -> Any:
            wanted = self.jax.nn.one_hot(sound, SOUNDS) * (1 - SMOOTHING) + SMOOTHING / SOUNDS
            chances = self.jax.nn.log_softmax(self._logits(its, frames, length, speech, key))
            return -(wanted * chances).sum(1).mean()

        @self.jax.jit  # type: ignore[untyped-decorator]
        def step(its: Any, state: Any, *given: Any) -> Any:
            value, slope = self.jax.value_and_grad(loss)(its, *given)
            change, state = rule.update(slope, state, its)
            return self.optax.apply_updates(its, change), state, value

        for epoch in range(epochs):
            total = 0.0
            for batch in self._batches():
                self.key, key = self.jax.random.split(self.key)
                its = self.moments
                longest = SHORT_FRAMES if its["length"][batch].max() <= SHORT_FRAMES else FRAMES
                frames = its["frames"][batch, :longest]
                given = (frames, its["length"][batch], its["speech"][batch], its["sound"][batch])
                self.weights, state, value = step(self.weights, state, *given, key)
                total += float(value)
            sys.stderr.write(f"epoch {epoch + 1} of {epochs}: {total / rounds:.4f}\n")

    def _batches(self) -> list[Any]:
        """Return all moments in random order, cut into batches of equal size; short ones and long ones apart."""
        shuffled = self.order.permutation(self.training)
        short = self.moments["length"][shuffled] <= SHORT_FRAMES
        batches = [
            part[at : at + BATCH]
            for part in (shuffled[short], shuffled[~short])
            for at in range(0, len(part) - BATCH + 1, BATCH)
        ]
        return [batches[each] for each in self.order.permutation(len(batches))]

    def chances(self, which: Any) -> Any:
        """Return the probabilities of the moments `which`."""
        its = self.moments
        parts = [
            self._forward(self.weights, its["frames"][part], its["length"][part], its["speech"][part])
            for part in np.array_split(which, len(which) // 256 + 1)
        ]
        return np.concatenate([np.asarray(part) for part in parts])

    def figures(self, which: Any) -> dict[str, dict[str, float]]:
        """Return how well the moments `which` are heard: at the end, and in the middle, before and after 0.6 s."""
        chances, sound = self.chances(which), self.moments["sound"][which]
        ended, late = self.moments["ended"][which], self.moments["speech"][which] > 0.6
        found = {}
        for name, these in (("ended", ended), ("late", ~ended & late), ("early", ~ended & ~late)):
            acks, speech = these & (sound == 0), these & ((sound == 1) | (sound == 2))
            if not acks.any() or not speech.any():
                continue
            limit = float(np.quantile(chances[speech, 0], 0.98))
            found[name] = {
                "count": int(these.sum()),
                "right": float(np.mean(chances[these].argmax(1) == sound[these])),
                "acknowledgements above 0.8": float(np.mean(chances[acks, 0] > 0.8)),
                "speech above 0.8": float(np.mean(chances[speech, 0] > 0.8)),
                "limit at 2 % of speech": limit,
                "acknowledgements above that": float(np.mean(chances[acks, 0] > limit)),
                "speech found at 0.9": float(np.mean(chances[speech, 1:3].sum(1) > 0.9)),
                "acknowledgements as speech at 0.9": float(np.mean(chances[acks, 1:3].sum(1) > 0.9)),
            }
        return found


def _beside(name: str) -> Any:
    """Return the module in the file of this name beside this one: an isolated Python does not look there."""
    spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def main() -> None:
    """Answer every line."""
    for line in sys.stdin:
        asked = json.loads(line)
        moments = read_chunks(Path(asked["chunks"]))
        trainer = Trainer(moments, asked["seed"])
        trainer.train(asked["epochs"])
        kept = moments["kept"]
        figures = {
            "trained on": int((kept == 0).sum()),
            "phrases never trained on": trainer.figures(np.flatnonzero(kept == 1)),
            "voices never trained on": trainer.figures(np.flatnonzero(kept == 2)),
        }
        weights = {name: np.asarray(value) for name, value in trainer.weights.items()}
        weights |= {"mean": trainer.mean, "deviation": trainer.deviation}
        Path(asked["model"]).write_bytes(_beside("onnx_graph").model_bytes(weights, DILATIONS))
        sys.stdout.write(json.dumps(figures) + "\n")


if __name__ == "__main__":
    main()
