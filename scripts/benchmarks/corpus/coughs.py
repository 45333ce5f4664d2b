"""Sounds of a caller that are no speech: coughs, sneezes, breath. Synthesised, each a little different by its seed."""

import numpy as np
import numpy.typing as npt

from callagent.audio import SAMPLE_RATE

Signal = npt.NDArray[np.float64]


def make_sound(name: str, seed: int) -> Signal:
    """Return one of `case.SOUNDS` as 8 kHz mono with its peak at 1.

    A cough is a burst of air that breaks the closed glottis, a noisy middle and a voiced tail, 0.3 to 0.5 s in all
    (Korpas, Sadlonova, Vrabec: Analysis of the cough sound, 1996); a sneeze has a long noisy burst behind a short
    inhalation; breath is shaped noise without an onset.
    """
    random = np.random.default_rng(seed)
    match name:
        case "cough":
            signal = _cough(random)
        case "two coughs":
            signal = np.concatenate((_cough(random), _silence(random.uniform(0.1, 0.3)), 0.7 * _cough(random)))
        case "sneeze":
            signal = np.concatenate((0.15 * _breath(random, 0.35), _silence(0.08), _burst(random, 0.45, 1800.0)))
        case "breath":
            signal = _breath(random, random.uniform(0.5, 1.0))
        case "throat":
            signal = np.concatenate((_voiced(random, 0.18, 110.0), _silence(0.05), _voiced(random, 0.28, 95.0)))
        case "sniff":
            signal = np.concatenate((_sniff(random), _silence(random.uniform(0.15, 0.3)), 0.8 * _sniff(random)))
        case "sigh":
            signal = np.concatenate((0.4 * _breath(random, 0.3), _breath(random, random.uniform(0.6, 1.0))))
        case "chuckle":
            signal = _chuckle(random)
        case "yawn":
            signal = np.concatenate((0.4 * _breath(random, 0.5), _voiced(random, random.uniform(0.6, 0.9), 150.0)))
        case "lip smack":
            signal = _burst(random, random.uniform(0.1, 0.14), 2200.0)
        case _:
            raise ValueError(f"no such sound: {name!r}")
    return _normal(signal)


def _cough(random: np.random.Generator) -> Signal:
    burst = _burst(random, random.uniform(0.05, 0.09), 1400.0)
    middle = 0.35 * _burst(random, random.uniform(0.12, 0.2), 900.0)
    tail = 0.3 * _voiced(random, random.uniform(0.08, 0.15), random.uniform(180.0, 320.0))
    return np.concatenate((burst, middle, tail))


def _sniff(random: np.random.Generator) -> Signal:
    """Return air that is drawn in through a narrow nose: short, high, swelling."""
    noise = _band(random.normal(size=_samples(random.uniform(0.12, 0.2))), 2000.0)
    return noise * np.linspace(0.1, 1.0, noise.size) * _edges(noise.size)


def _chuckle(random: np.random.Generator) -> Signal:
    """Return three to five voiced puffs about 0.2 s apart, each softer and lower (Bachorowski et al., 2001)."""
    pitch = random.uniform(140.0, 260.0)
    puffs: list[Signal] = []
    for number in range(int(random.integers(3, 6))):
        puffs += [0.8**number * _voiced(random, 0.09, pitch * 0.95**number), 0.15 * _breath(random, 0.1)]
    return np.concatenate(puffs)


def _burst(random: np.random.Generator, seconds: float, centre: float) -> Signal:
    """Return noise around a frequency in Hz, at once loud and fading."""
    noise = _band(random.normal(size=_samples(seconds)), centre)
    fading: Signal = noise * np.exp(-3.0 * np.linspace(0.0, 1.0, noise.size)) * _edges(noise.size)
    return fading


def _breath(random: np.random.Generator, seconds: float) -> Signal:
    noise = _band(random.normal(size=_samples(seconds)), 700.0)
    swelling: Signal = noise * np.sin(np.pi * np.linspace(0.0, 1.0, noise.size)) ** 2
    return swelling


def _voiced(random: np.random.Generator, seconds: float, pitch: float) -> Signal:
    """Return a rough voice: pulses at an unsteady pitch in Hz through a throat, with noise in it."""
    size = _samples(seconds)
    phase = np.cumsum(pitch * (1 + 0.08 * random.normal(size=size))) / SAMPLE_RATE
    rough = np.sign(np.sin(2 * np.pi * phase)) + 0.7 * random.normal(size=size)
    shaped = _band(rough, 600.0)
    return shaped * np.hanning(size)


def _band(signal: Signal, centre: float) -> Signal:
    """Let pass about an octave on either side of `centre`, in Hz."""
    spectrum = np.fft.rfft(signal)
    octaves = np.log2(np.maximum(np.fft.rfftfreq(signal.size, 1 / SAMPLE_RATE), 1.0) / centre)
    shaped: Signal = np.fft.irfft(spectrum * np.exp(-0.7 * octaves**2), signal.size)
    return _normal(shaped)


def _normal(signal: Signal) -> Signal:
    peak: float = np.max(np.abs(signal))
    return signal / peak


def _edges(size: int) -> Signal:
    ramp = np.ones(size)
    ramp[-40:] = np.linspace(1.0, 0.0, 40)
    return ramp


def _silence(seconds: float) -> Signal:
    return np.zeros(_samples(seconds))


def _samples(seconds: float) -> int:
    return max(80, round(seconds * SAMPLE_RATE))
