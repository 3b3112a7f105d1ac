package io.preservarium.pusher.operator;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.time.Clock;
import java.time.Instant;

@AnalyzeClasses(packages = "io.preservarium.pusher.operator", importOptions = ImportOption.DoNotIncludeTests.class)
class OperatorArchitectureTest {

    @ArchTest
    static final ArchRule othersTradesStayThere = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "org.graalvm..",
                    "org.apache.kafka.streams..",
                    "org.eclipse.californium..",
                    "com.hivemq..",
                    "io.preservarium.pusher.parsers..",
                    "io.preservarium.pusher.delivery..",
                    "io.preservarium.pusher.coap..",
                    "io.preservarium.pusher.mqtt..",
                    "io.preservarium.pusher.api..");

    @ArchTest
    static final ArchRule servicesAreAskedByTheirCalls =
            noClasses().should().dependOnClassesThat().resideInAPackage("java.net.http..");

    @ArchTest
    static final ArchRule jacksonIsForTheCustomResourcesOnly = noClasses()
            .that()
            .resideOutsideOfPackage("..operator.crd..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("com.fasterxml..");

    @ArchTest
    static final ArchRule theCustomResourcesKnowNobody = noClasses()
            .that()
            .resideInAPackage("..operator.crd..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "io.preservarium.pusher.operator",
                    "..operator.command..",
                    "..operator.parser..",
                    "..operator.installation..");

    @ArchTest
    static final ArchRule noPackageCycles =
            slices().matching("io.preservarium.pusher.(**)").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule timeComesFromOutside = noClasses().should().callMethod(Instant.class, "now");

    @ArchTest
    static final ArchRule theClockIsWiredOnce =
            noClasses().that().doNotHaveSimpleName("OperatorWiring").should().callMethod(Clock.class, "systemUTC");

    @ArchTest
    static final ArchRule nothingIsInjectedIntoFields = noFields().should().beAnnotatedWith("jakarta.inject.Inject");
}
