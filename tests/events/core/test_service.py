"""Nothing here is asynchronous: nobody would wait for it."""

from inspect import iscoroutinefunction

from flask import Flask


def test_no_function_that_flask_calls_is_asynchronous(app: Flask) -> None:
    around = (app.before_request_funcs, app.after_request_funcs, app.teardown_request_funcs)
    called = [one for hooks in around for functions in hooks.values() for one in functions]
    errors = [
        one for by_code in app.error_handler_spec.values() for kinds in by_code.values() for one in kinds.values()
    ]
    found = [*app.view_functions.values(), *called, *errors, *app.teardown_appcontext_funcs]
    assert len(found) > 200
    assert not [one for one in found if iscoroutinefunction(one)]
