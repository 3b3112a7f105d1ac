package io.preservarium.pusher.coap;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.time.Clock;
import java.time.Instant;

@AnalyzeClasses(packages = "io.preservarium.pusher", importOptions = ImportOption.DoNotIncludeTests.class)
class CoapArchitectureTest {

    @ArchTest
    static final ArchRule californiumStaysHere = noClasses()
            .that()
            .resideOutsideOfPackage("io.preservarium.pusher.coap")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.eclipse.californium..");

    @ArchTest
    static final ArchRule othersTradesStayThere = noClasses()
            .that()
            .resideInAPackage("io.preservarium.pusher.coap")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "com.fasterxml..",
                    "org.graalvm..",
                    "org.apache.kafka..",
                    "com.hivemq..",
                    "io.preservarium.pusher.mqtt..",
                    "io.preservarium.pusher.api..",
                    "io.preservarium.pusher.operator..");

    @ArchTest
    static final ArchRule timeComesFromOutside = noClasses()
            .that()
            .resideInAPackage("io.preservarium.pusher.coap")
            .should()
            .callMethod(Instant.class, "now");

    @ArchTest
    static final ArchRule theClockIsWiredOnce = noClasses()
            .that()
            .resideInAPackage("io.preservarium.pusher.coap")
            .and()
            .doNotHaveSimpleName("CoapWiring")
            .should()
            .callMethod(Clock.class, "systemUTC");

    @ArchTest
    static final ArchRule nothingIsInjectedIntoFields = noFields()
            .that()
            .areDeclaredInClassesThat()
            .resideInAPackage("io.preservarium.pusher.coap")
            .should()
            .beAnnotatedWith("jakarta.inject.Inject");
}
