package io.preservarium.pusher.catalog;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "io.preservarium.pusher", importOptions = ImportOption.DoNotIncludeTests.class)
class CatalogArchitectureTest {

    @ArchTest
    static final ArchRule theCatalogueKnowsScriptsAsTextOnly = noClasses()
            .that()
            .resideInAPackage("io.preservarium.pusher.catalog..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "org.graalvm..",
                    "com.fasterxml..",
                    "io.preservarium.pusher.parsers",
                    "io.preservarium.pusher.parsers.context..",
                    "io.preservarium.pusher.parsers.runtime..",
                    "io.preservarium.pusher.parsers.check..");

    @ArchTest
    static final ArchRule theRuntimeKnowsNoCatalogue = noClasses()
            .that()
            .resideInAPackage("io.preservarium.pusher.parsers..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.preservarium.pusher.catalog..");

    @ArchTest
    static final ArchRule nobodyAsksTheClock = noClasses()
            .that()
            .resideInAPackage("io.preservarium.pusher.catalog..")
            .should()
            .callMethod(java.time.Instant.class, "now")
            .orShould()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .callMethod(java.time.Clock.class, "systemUTC");

    @ArchTest
    static final ArchRule packagesHaveNoCycles =
            slices().matching("io.preservarium.pusher.(**)").should().beFreeOfCycles();
}
