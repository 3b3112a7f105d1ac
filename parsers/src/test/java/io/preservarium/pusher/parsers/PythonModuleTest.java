package io.preservarium.pusher.parsers;

import static org.assertj.core.api.Assertions.assertThat;

import io.preservarium.pusher.command.ParserLayer;
import io.preservarium.pusher.command.ParserRef;
import io.preservarium.pusher.parsers.check.ParserCheck;
import io.preservarium.pusher.parsers.script.ParserScript;
import io.preservarium.pusher.parsers.script.TrustDomain;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A script is a module like one that Python imported, and its functions are called as Python would. */
class PythonModuleTest {

    private static String run(String source) {
        return Runtime.text(Runtime.format(Runtime.python(source)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                // sqlalchemy/alembic#1419 and others
                "from __future__ import annotations\nfrom dataclasses import dataclass\n@dataclass\nclass C:\n  a: int\n",
                "from dataclasses import dataclass\n@dataclass\nclass C:\n  a: \"int\"\n",
                "from typing import NamedTuple\nclass C(NamedTuple):\n  a: int\n",
            })
    void classesThatLookForTheirModuleFindIt(String classes) {
        assertThat(run(classes + "def format_command(c): return b'yes' if C(3).a == 3 else b'no'"))
                .isEqualTo("yes");
    }

    @Test
    void whatItMakesCanBePickled() {
        assertThat(run("""
                import pickle
                class Reading:
                    def __init__(self, value): self.value = value
                def format_command(c):
                    return pickle.loads(pickle.dumps(Reading(b"same"))).value
                """)).isEqualTo("same");
    }

    @Test
    void itFindsItselfAndNoOtherScript() {
        ParserRef other = Runtime.python("def format_command(c): return b'other'");
        Runtime.format(other);
        String name = other.value().replace(".py", "");
        assertThat(run("import sys\ndef format_command(c): return str(('" + name
                        + "' in sys.modules, sys.modules[__name__].format_command is format_command)).encode()"))
                .isEqualTo("(False, True)");
    }

    @Test
    void oneNamedLikeAModuleOfPythonsHidesItFromNobody() {
        ParserRef ref = new ParserRef("json.py");
        Runtime.CATALOG.put(
                ParserLayer.DIRECTORY,
                Runtime.script(ref, "import json\ndef format_command(c): return json.dumps(1).encode()"));
        assertThat(Runtime.text(Runtime.format(ref))).isEqualTo("1");
        assertThat(run("import json\ndef format_command(c): return json.dumps(2).encode()"))
                .isEqualTo("2");
    }

    // NousResearch/hermes-agent#76425 and others
    @Test
    void aFolderInThePathBreaksNoImport() {
        assertThat(run("""
                import os, sys
                sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
                sys.path.insert(0, "/opt/elsewhere")
                def format_command(c):
                    import colorsys, statistics
                    return b"ok"
                """)).isEqualTo("ok");
        assertThat(run("import sndhdr_of_nobody\ndef format_command(c): return b''"))
                .contains("ModuleNotFoundError");
    }

    // oracle/graalpython#123 and others
    @ParameterizedTest
    @ValueSource(
            strings = {
                "os.getcwd()",
                "Path(__file__).resolve()",
                "os.path.realpath(__file__)",
                "os.path.exists('/etc/passwd')",
                "list(Path('/').glob('*'))",
                "__import__('zoneinfo')"
            })
    void askingForFilesFindsNone(String expression) {
        assertThat(run("import os\nfrom pathlib import Path\ndef format_command(c):\n  x = " + expression
                        + "\n  return b'none' if 'passwd' not in str(x) else b'some'"))
                .isEqualTo("none");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "open('/etc/passwd')",
                "open('/escaped', 'w')",
                "os.listdir('/')",
                "os.remove('/escaped')",
                "os.mkdir('/escaped')",
                "os.rename('/escaped', '/gone')",
                "__import__('tempfile').TemporaryFile()"
            })
    void filesThatAreNotThereAreErrorsThatAScriptMayCatch(String expression) {
        assertThat(run("import os\ndef format_command(c):\n  try:\n    " + expression
                        + "\n  except OSError as e:\n    return b'caught'\n  return b'done'"))
                .isEqualTo("caught");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "os.system('true')",
                "os.fork()",
                "os.forkpty()",
                "os.popen('true')",
                "os.execv('/bin/true', ['true'])",
                "os.posix_spawn('/bin/true', ['true'], {})",
                "os.kill(1, 9)",
                "__import__('subprocess').run(['true'])",
                "__import__('socket').create_connection(('127.0.0.1', 9))",
                "__import__('socket').create_connection(('localhost', 9))",
                "__import__('socket').socket()",
                "__import__('socket').getaddrinfo('localhost', 9)",
                "__import__('socket').gethostbyname('localhost')",
                "__import__('threading').Thread(target=print).start()",
                "__import__('_thread').start_new_thread(print, ())",
                "__import__('_thread').interrupt_main()",
                "__import__('multiprocessing').Process(target=print).start()",
                "__import__('concurrent.futures').futures.ThreadPoolExecutor().submit(print)",
                "__import__('ctypes').CDLL(None)",
                "__import__('faulthandler').dump_traceback_later(1)",
                "__import__('signal').alarm(1)",
                "__import__('signal').setitimer(0, 1)",
                "__import__('signal').raise_signal(15)",
                "__import__('signal').signal(15, print)",
                "__import__('_signal').signal(15, print)",
                "[__import__('sys').modules.pop('_signal'), __import__('_signal').raise_signal(15)]",
                "__import__('importlib').reload(__import__('_signal')).raise_signal(15)",
                "__import__('_imp').create_builtin(__import__('_signal').__spec__).raise_signal(15)",
                "__import__('java').type('java.lang.System')",
                "__import__('polyglot').eval(language='js', string='1')",
            })
    void whatTheSandboxDeniesIsAnErrorThatAScriptMayCatch(String expression) {
        assertThat(run("import os\ndef format_command(c):\n  try:\n    x = " + expression
                        + "\n  except Exception as e:\n    return b'caught'\n  return repr(x).encode()"))
                .isEqualTo("caught");
    }

    @Test
    void aSocketThatIsDeniedIsAnErrorOfTheSystem() {
        assertThat(run("import socket\ndef format_command(c): socket.socket()"))
                .startsWith("FORMAT_FAILED: PermissionError: [Errno 1] Operation not permitted");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                // eclipse/paho.mqtt.python#197 and others
                "@log\ndef format_command(command): return b'ok'",
                "@log\ndef format_command(command, config): return b'ok'",
                "@log\n@log\ndef format_command(command): return b'ok'",
                "class P:\n  def f(self, command): return b'ok'\nformat_command = P().f",
                "class P:\n  def f(self, command, config): return b'ok'\nformat_command = P().f",
                "class P:\n  @classmethod\n  def f(cls, command): return b'ok'\nformat_command = P.f",
                "class P:\n  @staticmethod\n  def f(command): return b'ok'\nformat_command = P.f",
                "class P:\n  def __call__(self, command): return b'ok'\nformat_command = P()",
                "class P:\n  def __call__(self, command, config): return b'ok'\nformat_command = P()",
                "def f(a, command): return b'ok'\nformat_command = functools.partial(f, 1)",
                "def f(a, command, config): return b'ok'\nformat_command = functools.partial(f, 1)",
                "def format_command(*given): return b'ok' if len(given) == 2 else b'no'",
                "def format_command(command, config=None): return b'ok' if config is not None else b'no'",
                "def format_command(command, *, config=None): return b'ok'",
                "def format_command(command, /, config): return b'ok'",
            })
    void aFunctionIsCalledWithWhatItTakes(String function) {
        assertThat(run("""
                import functools
                def log(function):
                    @functools.wraps(function)
                    def wrapper(*given, **named):
                        return function(*given, **named)
                    return wrapper
                """ + function)).isEqualTo("ok");
    }

    // spulec/freezegun#4 and others
    @Test
    void datesOfTheClockOfAnExampleAreDatesAsLiveOnesAre() {
        String source = """
                from datetime import datetime, date, timezone
                class Mine(date): pass
                def format_command(c):
                    return bytes([
                        isinstance(datetime.now(timezone.utc), date), isinstance(datetime.now().date(), date),
                        issubclass(datetime, date), isinstance(date.today(), datetime), isinstance(date.today(), Mine),
                        isinstance(Mine(2026, 1, 1), date), isinstance(5, date)])
                """;
        String expected = "01010100000100";
        assertThat(Runtime.hex(Runtime.format(Runtime.python(source)))).isEqualTo(expected);
        for (String now : new String[] {"", ", \"now\": \"2026-11-21T01:52:00Z\""}) {
            assertThat(Runtime.get(Runtime.PARSER.check(new ParserScript(
                            TrustDomain.DIRECTORY,
                            Runtime.newRef(".py"),
                            source,
                            Map.of(),
                            Optional.of("{\"examples\": [{\"name\": \"dates\", \"command\": {}, \"bytes\": \""
                                    + expected + "\"" + now + "}]}")))))
                    .isInstanceOf(ParserCheck.Result.Passed.class);
        }
    }
}
