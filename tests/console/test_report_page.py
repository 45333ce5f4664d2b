import base64
import hashlib

from callagent.console.report_page import without_inline_styles

PAGE = """<head>
<meta http-equiv="Content-Security-Policy" content="style-src 'unsafe-inline'">
<style>
p { color: red }
</style>
</head>
<p style="--at:1.5">one</p><p style="--at:2">two</p><p style="--at:1.5">style=&#34;--at:9&#34;</p>
<script>let a = 1;</script>
"""


def test_styles_of_elements_become_rules_each_once() -> None:
    made = without_inline_styles(PAGE)
    assert '<p data-look="0">one</p><p data-look="1">two</p><p data-look="0">style=&#34;--at:9&#34;</p>' in made.html
    assert made.html.count('[data-look="0"]{--at:1.5}') == made.html.count('[data-look="1"]{--at:2}') == 1


def test_the_policy_allows_what_is_inside_and_nothing_else() -> None:
    made = without_inline_styles(PAGE)
    script = base64.b64encode(hashlib.sha256(b"let a = 1;").digest()).decode()
    assert f"script-src 'sha256-{script}';" in made.policy
    assert "unsafe" not in made.policy + made.html and made.policy.startswith("default-src 'none';")


def test_a_page_without_scripts_allows_none() -> None:
    assert "script-src 'none'; " in without_inline_styles("<p>text</p>").policy
