package io.preservarium.pusher.journal;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "io.preservarium.pusher.journal", importOptions = ImportOption.DoNotIncludeTests.class)
class JournalArchitectureTest {

    @ArchTest
    static final ArchRule noPackageCycles =
            slices().matching("io.preservarium.pusher.(**)").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule onlyKafkaAndTheModel = noClasses()
            .should()
            .dependOnClassesThat()
            .resideOutsideOfPackages(
                    "java..",
                    "io.preservarium.pusher.command..",
                    "io.preservarium.pusher.journal..",
                    "org.apache.kafka..",
                    "org.rocksdb..",
                    "org.jspecify..");

    @ArchTest
    static final ArchRule timeComesFromOutside = noClasses()
            .should()
            .callMethod(java.time.Instant.class, "now")
            .orShould()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .callMethod(Thread.class, "sleep", long.class);
}
