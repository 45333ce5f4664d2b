"""A recogniser, model or voice seen through: all of the one inside, but for what a subclass puts around it."""

from typing import Any


class ProviderProxy:
    """Stands first among the bases of a subclass of livekit's `STT`, `LLM` or `TTS`.

    Names, metrics and errors are those of the provider inside: who listens to this one listens to that one. What only
    that one has, such as a plugin's `update_options`, is found there too.

    Attributes:
        inner: the provider inside.
    """

    inner: Any

    @property
    def label(self) -> str:
        """Name of the provider inside, in metrics and errors."""
        return str(self.inner.label)

    @property
    def model(self) -> str:
        """Name of its model."""
        return str(self.inner.model)

    @property
    def provider(self) -> str:
        """Name of who makes it."""
        return str(self.inner.provider)

    @property
    def metrics_metadata(self) -> Any:
        """What labels its metrics."""
        return self.inner.metrics_metadata

    def on(self, *args: Any, **kwargs: Any) -> Any:
        """Listen to the provider inside."""
        return self.inner.on(*args, **kwargs)

    def once(self, *args: Any, **kwargs: Any) -> Any:
        """Listen to it once."""
        return self.inner.once(*args, **kwargs)

    def off(self, *args: Any, **kwargs: Any) -> Any:
        """Listen to it no more."""
        return self.inner.off(*args, **kwargs)

    def emit(self, *args: Any, **kwargs: Any) -> Any:
        """Say nothing: whatever livekit's base class reports of a stream, the provider inside has reported itself."""

    def prewarm(self, *args: Any, **kwargs: Any) -> Any:
        """Open its connection ahead."""
        return self.inner.prewarm(*args, **kwargs)

    async def aclose(self) -> None:
        """Close it."""
        await self.inner.aclose()

    def __getattr__(self, name: str) -> Any:
        if name == "inner" or name.startswith("__"):
            raise AttributeError(name)
        return getattr(self.inner, name)
