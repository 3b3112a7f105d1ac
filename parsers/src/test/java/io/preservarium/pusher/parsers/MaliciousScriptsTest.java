package io.preservarium.pusher.parsers;

import static org.assertj.core.api.Assertions.assertThat;

import io.preservarium.pusher.command.ParserLayer;
import io.preservarium.pusher.command.ParserRef;
import io.preservarium.pusher.command.PayloadParser.Parsed;
import io.preservarium.pusher.parsers.check.ParserCheck;
import io.preservarium.pusher.parsers.runtime.ParserMetrics;
import io.preservarium.pusher.parsers.script.ParserScript;
import io.preservarium.pusher.parsers.script.TrustDomain;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Scripts that mean harm, as they run by default: in a process of their own. Each fails with a reason or finds nothing, soon,
 * and neither its own next call nor a script of somebody else notices.
 */
class MaliciousScriptsTest {

    private static final TrustDomain THEIRS = TrustDomain.ofOwner("configmap:plant/pumps");
    private static final TrustDomain OURS = TrustDomain.ofOwner("configmap:garden/valves");
    private static final String SECRET = "open-sesame-4711";
    private static final Duration SOON = Duration.ofSeconds(30);

    private static final TestScripts SCRIPTS = new TestScripts();
    private static final ScriptParser PARSER =
            ScriptParser.start(TestConfig.inProcesses(1), SCRIPTS, ParserMetrics.none());
    private static final ParserRef BYSTANDER = live(THEIRS, ".py", """
            import json, struct
            secret = '%s'
            def format_command(command):
                return (json.dumps([len(command['payload']['key'])]) + struct.pack('>H', 16961).decode()).encode()
            """.formatted(SECRET));

    @AfterAll
    static void stop() {
        PARSER.close();
    }

    private static ParserRef live(TrustDomain domain, String ending, String source) {
        ParserRef ref = Runtime.newRef(ending);
        SCRIPTS.put(ParserLayer.TOPIC, new ParserScript(domain, ref, source, Map.of(), Optional.empty()));
        return ref;
    }

    private static String run(ParserRef ref, Map<String, Object> payload) {
        return Runtime.text(
                Runtime.get(PARSER.format(ref, Optional.empty(), Runtime.command("any", payload), Map.of())));
    }

    private static void nobodyNotices() {
        assertThat(run(BYSTANDER, Map.of("key", SECRET))).isEqualTo("[16]BA");
    }

    /** Warmed by a good call first, because a first one may take longer. */
    private static String attack(ParserRef ref) {
        assertThat(run(ref, Map.of())).isEqualTo("good");
        nobodyNotices();
        long begin = System.nanoTime();
        String said = run(ref, Map.of("attack", true));
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(SOON);
        assertThat(said).doesNotContain(SECRET);
        nobodyNotices();
        assertThat(run(ref, Map.of())).isEqualTo("good");
        return said;
    }

    private static final String REASON =
            "(?s)(FORMAT_TIMEOUT|FORMAT_FAILED|INVALID_RESULT|PAYLOAD_TOO_LARGE|PARSER_INVALID): .{5,}";

    @ParameterizedTest
    @ValueSource(
            strings = {
                // that go on
                "while True: pass",
                "while True:\n  try:\n   while True: pass\n  except BaseException: pass",
                "time.sleep(10 ** 6)",
                "sum(range(10 ** 12))",
                "10 ** (10 ** 8)",
                "str(7 ** (10 ** 7))",
                "int('9' * 10 ** 7)",
                "hashlib.pbkdf2_hmac('sha256', b'x', b'y', 10 ** 9)",
                "sorted(range(10 ** 8), key=lambda n: -n)",
                "collections.deque(itertools.count(), maxlen=0)",
                // that grow
                "x = 'x'\n while True: x += x",
                "x = []\n while True: x.append(bytearray(10 ** 6))",
                "return b'x' * 2 ** 31",
                "return '%1000000000d' % 1",
                "return bytes(10 ** 8)",
                "return [0] * 10 ** 8",
                "zlib.decompress(zlib.compress(bytes(10 ** 7)) * 1, bufsize=2 ** 30)",
                "list(itertools.product(range(10 ** 4), repeat=3))",
                // that go deep
                "def f(): return f()\n return f()",
                "sys.setrecursionlimit(10 ** 9)\n def f(n): return [f(n + 1)]\n f(0)",
                "json.loads('[' * 10 ** 6)",
                "eval('(' * 10 ** 5)",
                "exec('x = ' + '-' * 10 ** 5 + '1')",
                // that end it
                "os._exit(0)",
                "sys.exit(3)",
                "os.abort()",
                "os.kill(os.getpid(), 9)",
                "import faulthandler\n faulthandler._sigsegv()",
                // that lie
                "class L(list):\n  def __iter__(self):\n   while True: yield 1\n return L()",
                "class L(list):\n  def __len__(self): return -1\n return L([300])",
                "class E(Exception):\n  def __str__(self):\n   while True: pass\n raise E()",
                "class E(Exception):\n  def __str__(self): raise SystemExit(1)\n raise E()",
                "class B:\n  def __bytes__(self): return b'no'\n return B()",
                "return (n for n in iter(int, 1))",
                "raise KeyboardInterrupt('me')",
                "raise MemoryError('me')",
                "raise type('E\\ud800', (Exception,), {})('\\udcff' * 10 ** 6)",
                // whose leftovers are compared
                "class Odd:\n  def __hash__(self): return 1\n  def __eq__(self, other):\n   while True: pass\n ones.clear()\n ones.add(Odd())",
            })
    void inPythonFailsWithAReason(String attack) {
        ParserRef ref = live(OURS, ".py", """
                import collections, hashlib, itertools, json, os, re, sys, time, zlib
                ones = {1}
                def format_command(command):
                 if not command['payload']: return b'good'
                """ + " " + attack + "\n");
        assertThat(attack(ref)).matches(REASON);
    }

    @Test
    void anObjectThatComparesForEverIsNotAsked() {
        ParserRef ref = live(OURS, ".py", """
                class Odd:
                    def __eq__(self, other):
                        while True: pass
                odd = [Odd()]
                def format_command(command):
                    if not command['payload']: return b'good'
                    odd[0] = Odd()
                    return b'done'
                """);
        assertThat(attack(ref)).isEqualTo("done");
    }

    /** Each would return what it found. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "open('/etc/passwd').read()",
                "open('/proc/self/environ').read()",
                "os.listdir('/')",
                "dict(os.environ)['PATH']",
                "__import__('subprocess').check_output(['id'])",
                "os.fork()",
                "os.popen('id').read()",
                "__import__('socket').create_connection(('127.0.0.1', 9))",
                "__import__('urllib.request').request.urlopen('http://127.0.0.1:9')",
                "__import__('threading').Thread(target=print).start()",
                "__import__('multiprocessing').Process(target=print).start()",
                "__import__('signal').alarm(1)",
                "__import__('ctypes').string_at(0)",
                "__import__('ctypes').CDLL(None)",
                "__import__('java').type('java.lang.System').getenv()",
                "__import__('polyglot').eval(language='js', string='1')",
                "__import__('__graalpython__').host_import('java.lang.System')",
                "type(command).getClass()",
                "input()",
                "[o for o in __import__('gc').get_objects() if isinstance(o, str) and 'sesame' in o][0]",
                "[m.secret for m in list(sys.modules.values()) if hasattr(m, 'secret')][0]",
                "[c for c in object.__subclasses__() if 'sesame' in repr(vars(c))][0]",
                "[v for f in walk() for v in f.f_locals.values() if 'sesame' in repr(v)][0]",
                "[v for f in walk() for v in f.f_globals.values() if 'sesame' in repr(v)][0]",
            })
    void whatIsNotItsOwnIsNotThere(String expression) {
        ParserRef ref = live(OURS, ".py", """
                import os, sys
                def walk():
                    frame = sys._getframe()
                    while frame is not None:
                        yield frame
                        frame = frame.f_back
                def format_command(command):
                    if not command['payload']: return b'good'
                    return b'found ' + repr(%s).encode()
                """.formatted(expression));
        assertThat(attack(ref)).matches(REASON);
    }

    /** Each changes what others use, and returns. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "json.dumps = lambda *a, **k: 'patched'",
                "struct.pack = lambda *a: b'patched'",
                "builtins.len = lambda x: 666",
                "builtins.__import__ = None",
                "json.JSONEncoder.encode = lambda *a: 'patched'",
                "sys.modules['json'] = sys.modules['struct'] = None",
                "sys.modules.clear()",
                "sys.meta_path.clear()",
                "sys.path.clear()",
                "vars(json).clear()",
                "vars(builtins).clear()",
                "sys.setrecursionlimit(60)",
                "sys.settrace(lambda *a: 1 / 0)",
                "sys.setprofile(lambda *a: 1 / 0)",
                "atexit.register(lambda: time.sleep(100))",
                "gc.disable()",
                "sys._getframe(1).f_globals.clear()",
                "sys._getframe(1).f_globals.update(use_protos=print, enter=print)",
                "sys.stdout = sys.stderr = None",
                "locale.setlocale(locale.LC_ALL, 'C')",
                "sys.excepthook = sys.unraisablehook = lambda *a: 1 / 0",
                "kept.append(D())",
            })
    void whatOthersUseStaysAsItIs(String change) {
        ParserRef ref = live(OURS, ".py", """
                import atexit, builtins, gc, json, locale, struct, sys, time
                kept = []
                class D:
                    def __del__(self):
                        while True: pass
                def format_command(command):
                    if not command['payload']: return b'good'
                    %s
                    return b'done'
                """.formatted(change));
        ParserRef neighbour = live(OURS, ".py", """
                import json, struct
                def format_command(command):
                    return (json.dumps([len("four")]) + struct.pack(">H", 16961).decode()).encode()
                """);
        assertThat(run(neighbour, Map.of())).isEqualTo("[4]BA");
        assertThat(attack(ref)).matches("done|" + REASON);
        assertThat(run(neighbour, Map.of())).isEqualTo("[4]BA");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                // that go on
                "while (true);",
                "for (;;) { try { while (true); } catch { } }",
                "try { while (true); } finally { while (true); }",
                "return [10n ** (10n ** 8n)];",
                "return [...(function* () { for (;;) yield 1; })()];",
                "Promise.resolve().then(function again() { return Promise.resolve().then(again); }); while (true);",
                "return new Proxy([], { get() { while (true); } });",
                "return { [Symbol.iterator]() { return { next: () => ({ value: 1, done: false }) }; } };",
                "throw { toString() { while (true); } };",
                "throw new Proxy(new Error('x'), { get() { while (true); } });",
                "return [{ valueOf() { while (true); } }];",
                "return new Array(4294967295).sort();",
                "Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);",
                // that grow
                "const x = []; for (;;) x.push(new Uint8Array(1e6));",
                "let x = 'x'; for (;;) x += x;",
                "return new Array(1e9).fill(0);",
                "return 'x'.repeat(2 ** 29);",
                "const a = []; a.length = 4294967295; return a;",
                "return new Uint8Array(1e8);",
                // that go deep
                "return (function f() { return f(); })();",
                "JSON.parse('['.repeat(1e6));",
                "eval('('.repeat(1e5));",
                "let x = []; for (let i = 0; i < 1e6; i++) x = [x]; return x;",
                // that lie
                "return { length: 1e9, 0: 1 };",
                "return { length: -1 };",
                "throw undefined;",
                "throw '\\ud800'.repeat(1e6);",
                "return [NaN, Infinity, 'x', {}];",
                "return Symbol('x');",
                // that look around
                "return [Java.type('java.lang.System').exit(1)];",
                "return [this.constructor.constructor('return process')().exit(1)];",
                "return [require('fs').readFileSync('/etc/passwd')];",
                "return [Polyglot.import('x')];",
                "return [new Worker('x')];",
                "return [load('/etc/passwd')];",
                "return [quit(1)];",
            })
    void inJavaScriptFailsWithAReason(String attack) {
        ParserRef ref = live(OURS, ".js", """
                function formatCommand(command) {
                  if (!command.payload.attack) return [103, 111, 111, 100];
                  %s
                }
                """.formatted(attack));
        assertThat(attack(ref)).matches(REASON);
    }

    @Test
    void javaScriptPatchesNothingOfOthers() {
        ParserRef ref = live(OURS, ".js", """
                function formatCommand(command) {
                  if (!command.payload.attack) return [103, 111, 111, 100];
                  Array.prototype.map = Object.prototype.toString = JSON.stringify = () => 'patched';
                  Array.prototype[Symbol.iterator] = function* () { yield 1; };
                  Object.defineProperty(Object.prototype, 'payload', { get() { return 'patched'; } });
                  globalThis.left = 1;
                  return [100];
                }
                """);
        ParserRef neighbour = live(OURS, ".js", """
                function formatCommand(command) {
                  const text = JSON.stringify([typeof left, [...[1, 2]].map(n => n + 1), command.payload.n]);
                  return [...text].map(c => c.charCodeAt(0));
                }
                """);
        assertThat(attack(ref)).isEqualTo("d");
        assertThat(run(neighbour, Map.of("n", 7))).isEqualTo("[\"undefined\",[2,3],7]");
    }

    /** What `parse` gives can be as hostile as what it does. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "[{'a': 'x' * 10 ** 9}]",
                "[{str(n): n for n in range(10 ** 6)}]",
                "iter(lambda: {'a': 1}, None)",
                "[Lying()]",
                "[{'a': deep()}]",
                "[{'a': 7 ** 10 ** 5}]",
                "[{'a': float('nan'), '\\ud800': b'\\xff' * 10}]",
                "[{'a': Lying}]",
                "[{'a': object(), 1: 2, None: 3, (1, 2): 4}]",
                "'text'",
                "7",
                "[7]",
            })
    void outputsAreBoundedOrRefused(String outputs) {
        ParserRef ref = live(OURS, ".py", """
                class Lying(dict):
                    def items(self):
                        while True: yield ('a', 1)
                    def __repr__(self): raise SystemExit(1)
                def deep():
                    x = {}
                    for n in range(10 ** 4): x = {'x': x}
                    return x
                def parse(payload, config):
                    if not payload: return [{'good': 1}]
                    return %s
                """.formatted(outputs));
        assertThat(Runtime.get(PARSER.parse(ref, new byte[0], Map.of()))).isInstanceOf(Parsed.Outputs.class);
        long begin = System.nanoTime();
        Parsed parsed = Runtime.get(PARSER.parse(ref, new byte[] {1}, Map.of()));
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(SOON);
        assertThat(parsed.toString().length()).isLessThan(10_000_000);
        nobodyNotices();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "while True: pass",
                "sum(range(10 ** 12))",
                "import os; os._exit(0)",
                "import os; os.abort()",
                "import faulthandler; faulthandler._sigsegv()",
                "import sys; sys.exit()",
                "x = [0] * 10 ** 9",
                "\u0000",
                "x = '\ud800'",
                "x = 1",
                "def format_command(: pass",
                "raise SystemExit",
                "format_command = 7",
                "from elsewhere import format_command",
            })
    void aScriptThatCannotRunIsRefused(String source) {
        assertThat(check(source, Optional.empty()))
                .isInstanceOfSatisfying(ParserCheck.Result.Refused.class, refused -> assertThat(refused.message())
                        .isNotBlank());
        nobodyNotices();
    }

    @Test
    void tooMuchIsRefusedBeforeItRuns() {
        assertThat(check("#".repeat(10 << 20), Optional.empty()))
                .isInstanceOfSatisfying(ParserCheck.Result.Refused.class, refused -> assertThat(refused.message())
                        .contains("limit"));
        String examples = IntStream.range(0, 100_000)
                .mapToObj(n -> "{\"name\": \"" + n + "\", \"command\": {}, \"bytes\": \"\"}")
                .collect(Collectors.joining(",", "{\"examples\": [", "]}"));
        assertThat(check("def format_command(c): return b''", Optional.of(examples)))
                .isInstanceOfSatisfying(ParserCheck.Result.Refused.class, refused -> assertThat(refused.message())
                        .contains("1000"));
        nobodyNotices();
    }

    private static ParserCheck.Result check(String source, Optional<String> examples) {
        return Runtime.get(PARSER.check(new ParserScript(OURS, Runtime.newRef(".py"), source, Map.of(), examples)));
    }

    /** It grows from call to call, which no limit of one call sees. */
    @Test
    void whatGrowsOverCallsIsLetGo() {
        ParserRef ref = live(OURS, ".py", """
                kept = []
                def format_command(command):
                    kept.append(bytearray(20_000_000))
                    return b'%d' % len(kept)
                """);
        for (int call = 0; call < 60; call++) {
            assertThat(run(ref, Map.of())).isEqualTo("1");
        }
        nobodyNotices();
    }
}
