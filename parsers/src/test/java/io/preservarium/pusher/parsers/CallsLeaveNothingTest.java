package io.preservarium.pusher.parsers;

import static org.assertj.core.api.Assertions.assertThat;

import io.preservarium.pusher.command.ParserLayer;
import io.preservarium.pusher.command.ParserRef;
import io.preservarium.pusher.command.PayloadParser.Formatted;
import io.preservarium.pusher.command.PayloadParser.Parsed;
import io.preservarium.pusher.parsers.runtime.ParserMetrics;
import io.preservarium.pusher.parsers.script.ParserScript;
import io.preservarium.pusher.parsers.script.TrustDomain;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** No call sees what another one left behind, of its own script or of another one of those who brought it. */
class CallsLeaveNothingTest {

    private static final TestScripts SCRIPTS = new TestScripts();
    /** One thread, so that all calls run in it. */
    private static final ScriptParser PARSER = ScriptParser.start(
            new TestConfig(Duration.ofSeconds(20), Duration.ofSeconds(20), 1), SCRIPTS, ParserMetrics.none());

    @AfterAll
    static void stop() {
        PARSER.close();
    }

    private static ParserRef live(String source) {
        return live(".py", source, Map.of());
    }

    private static ParserRef live(String ending, String source, Map<String, String> companions) {
        ParserRef ref = Runtime.newRef(ending);
        SCRIPTS.put(
                ParserLayer.TOPIC,
                new ParserScript(TrustDomain.ofOwner("one"), ref, source, companions, Optional.empty()));
        return ref;
    }

    private static Formatted format(ParserRef ref) {
        return Runtime.get(PARSER.format(ref, Optional.empty(), Runtime.command("any", Map.of()), Map.of()));
    }

    private static String run(ParserRef ref) {
        return Runtime.text(format(ref));
    }

    /** Each tells how often it was called, if anything of its calls stays. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "n = 0\ndef count():\n  global n\n  n += 1\n  return n",
                "calls = []\ndef count():\n  calls.append(1)\n  return len(calls)",
                "calls = {'of': {'all': []}}\ndef count():\n  calls['of']['all'].append(1)\n  return len(calls['of']['all'])",
                "calls = {'of': [1]}\ndef count():\n  calls['of'] = list(calls['of'] * 2)\n  return len(calls['of']) // 2",
                "order = {'a': 1, 'b': 2}\ndef count():\n  order['a'] = order.pop('a')\n  return 1 + list(order).index('b')",
                "calls = set()\ndef count():\n  calls.add(len(calls))\n  return len(calls)",
                "calls = bytearray()\ndef count():\n  calls.append(1)\n  return len(calls)",
                "from collections import deque\ncalls = deque()\ndef count():\n  calls.append(1)\n  return len(calls)",
                "from collections import defaultdict\ncalls = defaultdict(int)\ndef count():\n  calls['x'] += 1\n  return calls['x']",
                "from collections import Counter\ncalls = Counter()\ndef count():\n  calls['x'] += 1\n  return calls['x']",
                "from collections import OrderedDict\ncalls = OrderedDict()\ndef count():\n  calls[len(calls)] = 1\n  return len(calls)",
                "from array import array\ncalls = array('B')\ndef count():\n  calls.append(1)\n  return len(calls)",
                "from types import SimpleNamespace\nhere = SimpleNamespace(n=0)\ndef count():\n  here.n += 1\n  return here.n",
                "def count(calls=[]):\n  calls.append(1)\n  return len(calls)",
                "def count(*, calls=[]):\n  calls.append(1)\n  return len(calls)",
                "def count():\n  count.n = getattr(count, 'n', 0) + 1\n  return count.n",
                "def count():\n  count.n += 1\n  return count.n\ncount.n = 0",
                "def counter():\n  n = 0\n  def count():\n    nonlocal n\n    n += 1\n    return n\n  return count\ncount = counter()",
                "class Calls:\n  n = 0\ndef count():\n  Calls.n += 1\n  return Calls.n",
                "class Calls:\n  pass\ndef count():\n  Calls.n = getattr(Calls, 'n', 0) + 1\n  return Calls.n",
                "class Calls:\n  all = []\ndef count():\n  Calls.all.append(1)\n  return len(Calls.all)",
                "class Calls:\n  def __init__(self):\n    self.n = 0\n  def count(self):\n    self.n += 1\n    return self.n\ncount = Calls().count",
                "class Calls:\n  __slots__ = 'n'\n  def count(self):\n    self.n = getattr(self, 'n', 0) + 1\n    return self.n\ncount = Calls().count",
                "class Calls(list):\n  pass\ncalls = Calls()\ndef count():\n  calls.append(1)\n  return len(calls)",
                "class Calls(dict):\n  pass\ncalls = Calls()\ndef count():\n  calls[len(calls)] = 1\n  return len(calls)",
                "class Same:\n  n = 0\n  def __eq__(self, other):\n    return True\n  def __hash__(self):\n    return 1\nall = [Same()]\ndef count():\n  all[0].n += 1\n  return all[0].n",
                "class Odd:\n  def __eq__(self, other):\n    raise SystemExit(1)\nodd = [Odd()]\nn = 0\ndef count():\n  global n\n  n += 1\n  odd[0] = Odd()\n  return n",
                "from dataclasses import dataclass, field\n@dataclass\nclass Calls:\n  n: int = 0\n  all: list = field(default_factory=list)\ncalls = Calls()\ndef count():\n  calls.n += 1\n  calls.all.append(1)\n  return len(calls.all)",
                "from enum import Enum\nclass Mode(Enum):\n  A = 1\ndef count():\n  Mode.n = getattr(Mode, 'n', 0) + 1\n  return Mode.n",
                "from functools import lru_cache\ncalls = []\n@lru_cache\ndef once(x):\n  calls.append(x)\n  return calls\ndef count():\n  return len(once(1)) if len(once(1)) else 9",
                "from functools import partial\ncount = partial(lambda calls: calls.append(1) or len(calls), [])",
                "from functools import lru_cache\n@lru_cache\ndef once(x):\n  return [x]\ndef count():\n  all = once(1)\n  all.append(1)\n  return len(all) - 1",
                "from functools import cached_property\nfrom types import SimpleNamespace\nclass Calls:\n  @cached_property\n  def first(self):\n    return SimpleNamespace(n=0)\ncalls = Calls()\ndef count():\n  calls.first.n += 1\n  return calls.first.n",
                "calls = []\nadd = calls.append\ndef count():\n  add(1)\n  return len(calls)",
                "calls = []\ndef count():\n  all = calls\n  all += [1]\n  return len(calls)",
                "calls = [[]]\ndef count():\n  for all in calls:\n    all.append(1)\n  return len(calls[0])",
                "calls = []\ndef add(all):\n  all.append(1)\ndef count():\n  add(calls)\n  return len(calls)",
                "calls = []\ndef count():\n  list(map(calls.append, [1]))\n  return len(calls)",
                "from heapq import heappush as add\ncalls = []\ndef count():\n  add(calls, 1)\n  return len(calls)",
                "import struct\ncalls = bytearray(1)\ndef count():\n  n = calls[0] + 1\n  struct.pack_into('B', calls, 0, n)\n  return n",
                "calls = bytearray(1)\ndef count():\n  view = memoryview(calls)\n  view[0] += 1\n  return view[0]",
                "calls = [0]\ndef count():\n  for calls[0] in [calls[0] + 1]:\n    return calls[0]",
                "calls = {}\ndef count():\n  calls['n'] = calls.get('n', 0) + 1\n  return calls.pop('n') if len(calls) > 1 else calls['n']",
                "class Calls:\n  n = 0\n  @classmethod\n  def count(cls):\n    cls.n += 1\n    return cls.n\ncount = Calls.count",
                "class Calls:\n  n = 0\n  def count(self):\n    self.__class__.n += 1\n    return self.n\ncount = Calls().count",
                "class Calls:\n  n = 0\n  def count(self):\n    type(self).n += 1\n    return self.n\ncount = Calls().count",
                "class Calls:\n  n = 0\nof = {'any': Calls}\ndef count():\n  of['any'].n += 1\n  return of['any'].n",
                "class Calls:\n  n = 0\nfirst = Calls()\nall = {'x': first}\ndef count():\n  mine = all.get('x')\n  mine.n += 1\n  return first.n",
                "class Calls:\n  def __init__(self):\n    self.n = 0\n  def __getitem__(self, key):\n    self.n += 1\n    return self.n\ncalls = Calls()\ndef count():\n  return calls['x']",
                "from copy import copy\ncalls = [[]]\ndef count():\n  mine = copy(calls)\n  mine[0].append(1)\n  return len(calls[0])",
                "from random import choice\ncalls = [[]]\ndef count():\n  mine = choice(calls)\n  mine.append(1)\n  return len(mine)",
                "import heapq\ncalls = [[0]]\ndef count():\n  mine = heapq.nlargest(1, calls)[0]\n  mine.append(1)\n  return len(mine) - 1",
                "base = {'of': {'n': 0}}\ndef count():\n  mine = {**base}\n  if not mine:\n    mine['of'] = {}\n  mine['of']['n'] += 1\n  return base['of']['n']",
                "base = {'n': 0}\ndef count():\n  mine = {'of': {}}\n  key = 'o' + 'f'\n  mine[key] = base\n  mine['of']['n'] += 1\n  return base['n']",
                "base = {'n': 0}\ndef count():\n  mine = {'of': {}}\n  mine.update(of=base)\n  mine['of']['n'] += 1\n  return base['n']",
                "calls = []\ndef count():\n  [calls for calls in ((),)]\n  calls.append(1)\n  return len(calls)",
                "calls = []\ndef count():\n  class Other:\n    calls = []\n  calls.append(1)\n  return len(calls)",
                "calls = []\ndef twice(f):\n  return lambda all: f(calls)\n@twice\ndef add(all):\n  all.append(1)\ndef count():\n  add([])\n  return len(calls)",
                "import json\nclass Calls:\n  n = 0\ncalls = Calls()\nclass Encoder(json.JSONEncoder):\n  def default(self, given):\n    given.n += 1\n    return given.n\ndef count():\n  return int(json.dumps(calls, cls=Encoder))",
                "class Calls:\n  n = 0\n  @classmethod\n  def count(cls):\n    def add():\n      cls.n += 1\n    add()\n    return cls.n\ncount = Calls.count",
                "calls = []\ndef make():\n  return []\ndef use(make):\n  mine = make()\n  mine.append(1)\n  return len(mine)\ndef count():\n  return use(lambda: calls)",
                "import json\nseen = {'n': 1}\ndef count():\n  said = json.dumps(seen)\n  seen['n'] = True\n  return 1 if said == '{\"n\": 1}' else 2",
                "class Sly(dict):\n  def __eq__(self, other):\n    return True\n  def __ne__(self, other):\n    return False\ncalls = Sly()\ndef count():\n  calls[len(calls)] = 1\n  return len(calls)",
                "from array import array\ncalls = array('B')\ndef count():\n  calls.frombytes(b'x')\n  return len(calls)",
                "import itertools\nids = itertools.count(1)\ndef count():\n  return next(ids)",
                "import itertools\ncount = itertools.count(1).__next__",
                "numbers = iter([1, 2, 3, 4])\ndef count():\n  return next(numbers)",
                "def numbers():\n  yield from (1, 2, 3, 4)\nall = numbers()\ndef count():\n  return next(all)",
                "from io import BytesIO\nall = BytesIO()\ndef count():\n  all.write(b'x')\n  return len(all.getvalue())",
                "import random\nall = random.Random(4)\nfirst = random.Random(4).random()\ndef count():\n  return 1 if all.random() == first else 2",
                "n = 0\ndef count():\n  globals()['n'] += 1\n  return n",
                "import json\ndef count():\n  json.n = getattr(json, 'n', 0) + 1\n  return json.n",
                "import json\ndef count():\n  said = json.dumps(1)\n  json.dumps = lambda given: '2'\n  return int(said)",
                "import json\ndef count():\n  json.JSONEncoder.n = getattr(json.JSONEncoder, 'n', 0) + 1\n  return json.JSONEncoder.n",
                "import builtins\ndef count():\n  n = len('1')\n  builtins.len = lambda given: 2\n  return n",
                "import sys\ndef count():\n  import base64\n  if base64 is None: return 2\n  sys.modules['base64'] = None\n  return 1",
                "import decimal\ndef count():\n  n = 1 if decimal.getcontext().prec == 28 else 2\n  decimal.getcontext().prec = 4\n  return n",
                "import warnings\ndef count():\n  n = 1\n  try: warnings.warn('x', DeprecationWarning)\n  except DeprecationWarning: n = 2\n  warnings.simplefilter('error')\n  return n",
                "import sys\ndef count():\n  sys.path.append('/x')\n  return sys.path.count('/x')",
                "import os\ndef count():\n  os.environ['N'] = os.environ.get('N', '') + 'x'\n  return len(os.environ['N'])",
            })
    void everyCallIsTheFirst(String counting) {
        ParserRef ref = live(counting + "\ndef format_command(command):\n  return b'call %d' % count()");
        assertThat(run(ref)).isEqualTo("call 1");
        assertThat(run(ref)).isEqualTo("call 1");
        assertThat(run(ref)).isEqualTo("call 1");
    }

    /** With names and manners that could be taken for something else. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "class array:\n  pass\nodd = array()",
                "class deque:\n  n = 0\nodd = deque()",
                "class defaultdict(dict):\n  pass\nodd = defaultdict()",
                "class partial:\n  pass\nodd = partial()",
                "class Odd:\n  def __getattr__(self, name):\n    raise RuntimeError(name)\nodd = Odd()",
                "class Odd:\n  __slots__ = ('x',)\n  def __getattr__(self, name):\n    raise RuntimeError(name)\nodd = Odd()",
                "class Odd(list):\n  def __iter__(self):\n    raise RuntimeError('no')\nodd = Odd()",
                "class Odd(dict):\n  def keys(self):\n    raise RuntimeError('no')\nodd = Odd(a=1)",
                "class Odd:\n  @property\n  def __dict__(self):\n    raise RuntimeError('no')\nodd = Odd()",
            })
    void anObjectThatDefiesALookStopsNobody(String odd) {
        ParserRef ref = live(
                odd + "\ncalls = []\ndef format_command(command):\n  calls.append(odd)\n  return b'%d' % len(calls)");
        assertThat(run(ref)).isEqualTo("1");
        assertThat(run(ref)).isEqualTo("1");
    }

    @Test
    void whatACallPutsIntoAMessageIsGone() {
        ParserRef ref = live(
                ".py",
                """
                from dev_pb2 import Readings
                all = Readings()
                def format_command(command):
                    all.values.append(7)
                    return all.SerializeToString()
                """,
                Map.of("dev.proto", "syntax = \"proto3\"; message Readings { repeated int32 values = 1; }"));
        for (int call = 0; call < 3; call++) {
            assertThat(Runtime.hex(format(ref))).isEqualTo("0a0107");
        }
    }

    @Test
    void whatParseLeavesIsGoneForFormatAndForTheNextParse() {
        ParserRef ref = live("""
                seen = []
                def device_id(payload, config):
                    seen.append(1)
                    return 'd%d' % len(seen)
                def parse(payload, config):
                    seen.append(1)
                    return [{'n': len(seen)}]
                def format_command(command):
                    return b'%d' % len(seen)
                """);
        for (int call = 0; call < 3; call++) {
            assertThat(Runtime.get(PARSER.parse(ref, new byte[] {1}, Map.of())))
                    .isInstanceOfSatisfying(Parsed.Outputs.class, parsed -> assertThat(parsed.outputs())
                            .containsExactly(Map.of("n", 2)));
            assertThat(run(ref)).isEqualTo("0");
        }
    }

    /** thombashi/DataProperty#59, sissaschool/elementpath#30: the settings of Python that one import changes for all. */
    @Test
    void oneScriptsDecimalsAreAsExactAsTheOthersAsked() {
        ParserRef fine = live(
                "from decimal import Decimal\ndef format_command(c): return str(Decimal(1) / Decimal(3)).encode()");
        ParserRef coarse = live("""
                from decimal import Decimal, getcontext
                getcontext().prec = 4
                def format_command(c): return str(Decimal(1) / Decimal(3)).encode()
                """);
        for (int call = 0; call < 3; call++) {
            assertThat(run(coarse)).isEqualTo("0.3333");
            assertThat(run(fine)).isEqualTo("0.3333333333333333333333333333");
        }
    }

    @Test
    void oneScriptsEncoderIsItsOwn() {
        ParserRef patching = live("""
                import datetime, json
                json.JSONEncoder.default = lambda self, given: str(given)
                def format_command(c): return json.dumps(datetime.date(2026, 11, 27)).encode()
                """);
        ParserRef honest = live("""
                import datetime, json
                def format_command(c): return json.dumps(datetime.date(2026, 11, 27)).encode()
                """);
        for (int call = 0; call < 3; call++) {
            assertThat(run(patching)).isEqualTo("\"2026-11-27\"");
            assertThat(run(honest)).contains("TypeError: Object of type date is not JSON serializable");
        }
    }

    @Test
    void oneScriptsWarningsAreNobodysErrors() {
        ParserRef strict =
                live("import warnings\nwarnings.simplefilter('error')\ndef format_command(c): return b'strict'");
        ParserRef old = live("""
                import warnings
                def format_command(c):
                    warnings.warn("old", DeprecationWarning)
                    return b"ok"
                """);
        assertThat(run(strict)).isEqualTo("strict");
        assertThat(run(old)).isEqualTo("ok");
    }

    /** More of them than a domain may have contexts for. */
    @Test
    void scriptsThatAreAloneTakeTurns() {
        for (int turn = 0; turn < 2; turn++) {
            for (int n = 0; n < 6; n++) {
                ParserRef ref = live("import sys\nsys.n = " + n + "\ndef format_command(c): return b'%d' % sys.n");
                assertThat(run(ref)).isEqualTo(Integer.toString(n));
            }
        }
    }
}
