package io.preservarium.pusher.parsers;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScriptSandboxTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "open('/etc/passwd').read()",
                "open('/tmp/preservarium-escape', 'w').write('x')",
                "__import__('os').listdir('/')",
                "__import__('os').system('true')",
                "__import__('os').fork()",
                "__import__('os').environ['PATH']",
                "__import__('subprocess').run(['true'])",
                "__import__('socket').create_connection(('127.0.0.1', 9))",
                "__import__('java').type('java.lang.System').exit(1)",
                "__import__('polyglot').eval(language='js', string='1')",
                "__import__('threading').Thread(target=print).start()",
                "__import__('_thread').start_new_thread(print, ())",
                "__import__('ctypes').CDLL(None)",
                "type(command['request_id']).getClass()"
            })
    void pythonCannotGetOut(String expression) {
        assertThat(Runtime.text(Runtime.format(
                        Runtime.python("def format_command(command):\n  x = " + expression + "\n  return b'escaped'"))))
                .startsWith("FORMAT_FAILED: ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Java.type('java.lang.System')",
                "java.lang.System.exit(1)",
                "Packages.java.lang.System",
                "Polyglot.eval('python', '1')",
                "load('/etc/passwd')",
                "require('fs')",
                "new Worker('x')",
                "process.env.PATH",
                "fetch('http://127.0.0.1:9')"
            })
    void javaScriptCannotGetOut(String expression) {
        assertThat(Runtime.text(Runtime.format(Runtime.javaScript(
                        "function formatCommand(command) { const x = " + expression + "; return []; }"))))
                .startsWith("FORMAT_FAILED: ");
    }
}
