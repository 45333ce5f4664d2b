"""Debian's chromium for tests, which scripts/test installs where it may."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.wait import WebDriverWait

SWITCHES = (
    "--headless=new",
    "--autoplay-policy=no-user-gesture-required",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--window-size=1280,900",
)
PHONE, DESKTOP = 360, 1280
PATIENCE_S = 10


class Browser:
    """One chromium for all tests of a file."""

    def __init__(self, chromium: str, chromedriver: str) -> None:
        options = webdriver.ChromeOptions()
        options.binary_location = chromium
        for switch in (*SWITCHES, *(["--no-sandbox"] if os.geteuid() == 0 else [])):
            options.add_argument(switch)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        self._driver = webdriver.Chrome(options, webdriver.ChromeService(chromedriver))

    def close(self) -> None:
        self._driver.quit()

    def visit(self, address: str) -> None:
        self._driver.get(address)

    def width(self, pixels: int) -> None:
        metrics = {"width": pixels, "height": 900, "deviceScaleFactor": 1, "mobile": pixels < 500}
        self._driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)

    def scheme(self, name: str) -> None:
        features = [{"name": "prefers-color-scheme", "value": name}]
        self._driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})

    def one(self, selector: str) -> WebElement:
        return self._driver.find_element(By.CSS_SELECTOR, selector)

    def press(self, *keys: str) -> None:
        self._driver.switch_to.active_element.send_keys(*keys)

    def ask(self, expression: str) -> Any:
        return self._driver.execute_script(f"return {expression}")

    def until(self, expression: str) -> None:
        WebDriverWait(self._driver, PATIENCE_S, 0.05).until(lambda _: self.ask(expression), expression)

    def picture(self) -> bytes:
        """What is seen, as PNG."""
        return bytes(self._driver.get_screenshot_as_png())

    @property
    def complaints(self) -> list[str]:
        driver: Any = self._driver  # get_log has no types
        return [each["message"] for each in driver.get_log("browser")]


@contextmanager
def chromium_browser() -> Iterator[Browser]:
    """A browser, or a skipped test where there is none."""
    chromium, chromedriver = shutil.which("chromium"), shutil.which("chromedriver")
    if chromium is None or chromedriver is None:
        pytest.skip("chromium and chromedriver are not installed: apt-get install chromium chromium-driver")
    browser = Browser(chromium, chromedriver)
    try:
        yield browser
    finally:
        browser.close()
