package io.preservarium.pusher.api;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.time.Clock;
import java.time.Instant;

@AnalyzeClasses(packages = "io.preservarium.pusher", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    private static final String API = "io.preservarium.pusher.api..";

    @ArchTest
    static final ArchRule jsonIsReadInTheModel = noClasses()
            .that()
            .resideInAPackage(API)
            .should()
            .dependOnClassesThat()
            .resideInAPackage("com.fasterxml..");

    @ArchTest
    static final ArchRule servicesAreAskedByTheirCalls = noClasses()
            .that()
            .resideInAPackage(API)
            .should()
            .dependOnClassesThat()
            .resideInAPackage("java.net.http..");

    @ArchTest
    static final ArchRule theDoorKnowsNoEngineAndNoDevice = noClasses()
            .that()
            .resideInAPackage(API)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "org.graalvm..",
                    "org.eclipse.californium..",
                    "com.hivemq..",
                    "io.preservarium.pusher.delivery..",
                    "io.preservarium.pusher.parsers..",
                    "io.preservarium.pusher.coap..",
                    "io.preservarium.pusher.mqtt..");

    @ArchTest
    static final ArchRule timeComesIn = noClasses()
            .that()
            .resideInAPackage(API)
            .should()
            .callMethod(Instant.class, "now")
            .orShould()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .callMethod(Clock.class, "systemDefaultZone");

    @ArchTest
    static final ArchRule collaboratorsComeByTheConstructor = noFields()
            .that()
            .areDeclaredInClassesThat()
            .resideInAPackage(API)
            .should()
            .beAnnotatedWith("jakarta.inject.Inject");

    @ArchTest
    static final ArchRule noCycles =
            slices().matching("io.preservarium.pusher.api.(*)..").should().beFreeOfCycles();

    /** Or a cycle could run through the package that belongs to no slice. */
    @ArchTest
    static final ArchRule nobodyDependsOnTheStart = noClasses()
            .that()
            .resideInAnyPackage("io.preservarium.pusher.api.*..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.preservarium.pusher.api");
}
