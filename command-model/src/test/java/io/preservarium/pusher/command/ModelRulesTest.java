package io.preservarium.pusher.command;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "io.preservarium.pusher.command", importOptions = ImportOption.DoNotIncludeTests.class)
class ModelRulesTest {

    @ArchTest
    static final ArchRule theModelKnowsTheJdkOnly = noClasses()
            .that()
            .resideInAPackage("io.preservarium.pusher.command")
            .should()
            .dependOnClassesThat()
            .resideOutsideOfPackages("java..", "org.jspecify..", "io.preservarium.pusher.command");

    @ArchTest
    static final ArchRule onlyWireKnowsJackson = noClasses()
            .that()
            .resideOutsideOfPackage("..wire..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("com.fasterxml..");

    @ArchTest
    static final ArchRule timeComesFromOutside = noClasses()
            .should()
            .callMethod(java.time.Instant.class, "now")
            .orShould()
            .callMethod(System.class, "currentTimeMillis");

    @ArchTest
    static final ArchRule noPackageCycles =
            slices().matching("io.preservarium.pusher.(**)").should().beFreeOfCycles();
}
