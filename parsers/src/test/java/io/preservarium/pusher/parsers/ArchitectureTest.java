package io.preservarium.pusher.parsers;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "io.preservarium.pusher", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule engineStaysHere = noClasses()
            .that()
            .resideOutsideOfPackages(
                    "io.preservarium.pusher.parsers.context",
                    "io.preservarium.pusher.parsers.protobuf",
                    "io.preservarium.pusher.parsers.runtime")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.graalvm..");

    @ArchTest
    static final ArchRule kafkaIsElsewhere = noClasses()
            .that()
            .resideInAPackage("io.preservarium.pusher.parsers..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.apache.kafka..", "io.preservarium.pusher.journal..");

    @ArchTest
    static final ArchRule jsonIsReadInOnePlace = noClasses()
            .that()
            .resideInAPackage("io.preservarium.pusher.parsers..")
            .and()
            .haveNameNotMatching(".*\\.(ScriptExample|Frames).*")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("com.fasterxml..");

    @ArchTest
    static final ArchRule nobodyAsksTheClock = noClasses()
            .should()
            .callMethod(java.time.Instant.class, "now")
            .orShould()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .callMethod(java.time.Clock.class, "systemUTC");

    @ArchTest
    static final ArchRule nothingIsInjectedIntoFields =
            noFields().should().beAnnotatedWith("jakarta.inject.Inject").allowEmptyShould(true);

    @ArchTest
    static final ArchRule packagesHaveNoCycles =
            slices().matching("io.preservarium.pusher.(**)").should().beFreeOfCycles();
}
