package io.preservarium.pusher.parsers.effects;

import static io.preservarium.pusher.parsers.effects.ScriptEffects.Kind.CONTAINERS;
import static io.preservarium.pusher.parsers.effects.ScriptEffects.Kind.NAMES;
import static org.assertj.core.api.Assertions.assertThat;

import io.preservarium.pusher.parsers.script.ParserScript;
import io.preservarium.pusher.parsers.script.ShippedScripts;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScriptEffectsTest {

    @Test
    void theShippedScriptsChangeNothing() {
        List<ParserScript> python = ShippedScripts.read().stream()
                .filter(script -> script.ref().value().endsWith(".py"))
                .toList();
        assertThat(python).isNotEmpty();
        assertThat(python).allSatisfy(script -> {
            assertThat(script.effects().reachesOthers()).isFalse();
            assertThat(script.effects().inCalls()).as(script.toString()).isEmpty();
        });
    }

    /** What decoders usually look like: they make what they change. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "def format_command(c):\n  out = bytearray(4)\n  out[0] = 1\n  out.append(2)\n  return bytes(out)",
                "def parse(p, config):\n  found = []\n  for b in p:\n    found.append({'b': b})\n  return found",
                "def parse(p, config):\n  out = {'a': {}}\n  out['a']['b'] = 1\n  return [out]",
                "def parse(p, config):\n  out = {}\n  out['a'] = {}\n  out['a']['b'] = 1\n  out.update(x=1)\n  return [out]",
                "def format_command(c):\n  crc = 0xffff\n  for b in c['payload']['bytes']:\n    crc ^= b\n  return bytes([crc])",
                "def format_command(c):\n  c['payload']['seen'] = True\n  c.pop('x', None)\n  return b''",
                "import dev_pb2\ndef fill(m, c):\n  m.n = c['n']\n  m.items.add().x = 1\ndef format_command(c):\n  m = dev_pb2.M()\n  fill(m, c['payload'])\n  return m.SerializeToString()",
                "import dev_pb2\ndef format_command(c):\n  m = dev_pb2.M()\n  for k, v in c['payload'].items():\n    setattr(m, k, v)\n  return m.SerializeToString()",
                "class R:\n  def __init__(self, n):\n    self.n = n\nT = {'a': R(1)}\ndef format_command(c):\n  return bytes([T['a'].n])",
                "import struct, json, base64\nfrom datetime import datetime, timezone\ndef format_command(c):\n  return struct.pack('>I', 7) + json.dumps(c).encode()",
                "import hashlib\ndef format_command(c):\n  h = hashlib.sha256()\n  h.update(b'x')\n  return h.digest()",
                "import os, sys\nHERE = os.path.dirname(__file__)\ndef format_command(c):\n  return (7).to_bytes(2, sys.byteorder)",
                "import logging\nlog = logging.getLogger(__name__)\ndef format_command(c):\n  log.info('x')\n  return b''",
                "def cut(p):\n  head, *rest = p\n  rest.append(1)\n  return rest[0:2] if rest else None\ndef parse(p, c):\n  return [{'n': cut(p)}]",
            })
    void whatACallMakesIsItsOwn(String source) {
        ScriptEffects effects = ScriptEffects.ofPython(source);
        // What is unpacked with a star is not followed.
        assertThat(effects.inCalls()).as(source).isSubsetOf(source.contains("*rest") ? List.of(CONTAINERS) : List.of());
        assertThat(effects.reachesOthers()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "from decimal import getcontext\ngetcontext().prec = 4",
                "import decimal\ndecimal.getcontext().prec = 4",
                "import json\njson.JSONEncoder.default = str",
                "from json import JSONEncoder as E\nE.default = str",
                "import json\nsetattr(json, 'dumps', str)",
                "import json\nj = json",
                "import warnings\nwarnings.simplefilter('error')",
                "import sys\nsys.path.insert(0, '/x')",
                "from sys import path\npath.append('/x')",
                "import os\nos.environ['TZ'] = 'UTC'",
                "import builtins",
                "from builtins import *",
                "import ctypes, gc",
                "import locale\nlocale.setlocale(locale.LC_ALL, '')",
                "import random\nrandom.seed(4)",
                "x = (1).__class__.__base__.__subclasses__()",
                "f = '__globals__'",
                "exec('import json')",
                "vars()",
                "from numbers import Number\nNumber.register(str)",
                "import calendar as c\nc.setfirstweekday(3)",
                "list(map(setattr, [], [], []))",
            })
    void whatOthersShareIsSeen(String source) {
        assertThat(ScriptEffects.ofPython(source + "\ndef format_command(c): return b''"))
                .satisfies(onLoad -> assertThat(onLoad.sharedOnLoad()).isTrue())
                .satisfies(onLoad -> assertThat(onLoad.inCalls()).isEmpty());
        String inACall = "def format_command(c):\n  "
                + source.replace("import *", "import len").replace("\n", "\n  ");
        assertThat(ScriptEffects.ofPython(inACall)).isEqualTo(ScriptEffects.ALL);
    }

    @Test
    void aNameThatIsSetAgainIsSeen() {
        assertThat(ScriptEffects.ofPython("n = 0\ndef format_command(c):\n  global n\n  n = 1\n  return b''")
                        .inCalls())
                .containsExactly(NAMES);
    }

    @Test
    void whatIsNoPythonChangesNothing() {
        assertThat(ScriptEffects.ofPython("def (").inCalls()).isEmpty();
        assertThat(ScriptEffects.ofPython("\u0000\ud800").inCalls()).isEmpty();
    }

    /** As large as a script may be, and made to be slow to read. */
    @Test
    void aTextThatIsTooMuchIsMistrustedSoon() {
        long begin = System.nanoTime();
        String calls = IntStream.range(0, 6_000)
                .mapToObj(i -> "def f(a, b): return f(b, a)\n")
                .collect(Collectors.joining());
        String row = "def format_command(c):\n"
                + IntStream.range(0, 12_000)
                        .mapToObj(i -> " v" + i + "=v" + (i + 1) + "\n")
                        .collect(Collectors.joining());
        for (String source : List.of(
                "x = " + "(".repeat(120_000) + ")".repeat(120_000),
                "x = a" + ".b".repeat(120_000),
                "def format_command(c):\n  x = c" + "()".repeat(120_000),
                "x = " + "[".repeat(90) + "1" + "]".repeat(90),
                "x = " + "-".repeat(250_000) + "1",
                "x = " + "not ".repeat(60_000) + "1",
                "x = " + "lambda:".repeat(30_000) + "1",
                calls,
                row)) {
            assertThat(ScriptEffects.ofPython(source)).isNotNull();
        }
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofMinutes(1));
    }
}
