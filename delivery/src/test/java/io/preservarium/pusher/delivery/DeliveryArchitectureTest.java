package io.preservarium.pusher.delivery;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "io.preservarium.pusher.delivery", importOptions = ImportOption.DoNotIncludeTests.class)
class DeliveryArchitectureTest {

    @ArchTest
    static final ArchRule deliveryKnowsNoProtocolFrameworkOrScriptEngine = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "org.eclipse.californium..",
                    "com.hivemq..",
                    "org.graalvm..",
                    "io.quarkus..",
                    "jakarta..",
                    "com.fasterxml..",
                    "io.preservarium.pusher.parsers..");

    @ArchTest
    static final ArchRule timeComesFromOutside = noClasses()
            .should()
            .callMethod(java.time.Instant.class, "now")
            .orShould()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .callMethod(Thread.class, "sleep", long.class);

    @ArchTest
    static final ArchRule packagesHaveNoCycles = com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices()
            .matching("io.preservarium.pusher.(delivery..)")
            .should()
            .beFreeOfCycles();
}
