package io.preservarium.pusher.catalog;

import io.preservarium.pusher.command.ParserLayer;
import io.preservarium.pusher.parsers.script.ParserScript;
import io.preservarium.pusher.parsers.script.ShippedScripts;
import java.util.List;
import java.util.Optional;

/** The scripts in files: those packaged with the connector, and the folder's, which is watched. */
public final class ScriptFiles implements AutoCloseable {

    private final Optional<ScriptsDirectory> directory;

    private ScriptFiles(Optional<ScriptsDirectory> directory) {
        this.directory = directory;
    }

    /**
     * Lists both into the catalogue before it returns.
     *
     * @param scriptLimit bytes that a script and its companions may have together
     * @throws IllegalArgumentException naming the setting that is wrong
     */
    public static ScriptFiles list(ScriptsConfig config, int scriptLimit, ParserCatalog catalog) {
        List<ParserScript> shipped = ShippedScripts.read();
        catalog.replace(ParserLayer.SHIPPED, shipped);
        catalog.listed(ParserLayer.SHIPPED);
        CatalogLog.LOG.listed(ParserLayer.SHIPPED, shipped.size());
        Optional<ScriptsDirectory> directory = config.directory()
                .map(root -> ScriptsDirectory.watch(root, config.directoryPoll(), scriptLimit, catalog));
        if (directory.isEmpty()) {
            catalog.listed(ParserLayer.DIRECTORY);
        }
        return new ScriptFiles(directory);
    }

    @Override
    public void close() {
        directory.ifPresent(ScriptsDirectory::close);
    }
}
