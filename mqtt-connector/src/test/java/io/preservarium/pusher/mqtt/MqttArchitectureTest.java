package io.preservarium.pusher.mqtt;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.junit.ArchTests;
import com.tngtech.archunit.lang.ArchRule;
import io.preservarium.pusher.connector.ConnectorRules;
import io.preservarium.pusher.connector.WhatShips;

@AnalyzeClasses(packages = "io.preservarium.pusher", importOptions = WhatShips.class)
class MqttArchitectureTest {

    @ArchTest
    static final ArchTests ofEveryConnector = ArchTests.in(ConnectorRules.class);

    @ArchTest
    static final ArchRule theProtocolsLibraryStaysHere = noClasses()
            .that()
            .resideOutsideOfPackage("io.preservarium.pusher.mqtt..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("com.hivemq..");

    @ArchTest
    static final ArchRule noOtherProtocolAndNoOtherServiceIsKnown = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "org.eclipse.californium..",
                    "io.preservarium.pusher.coap..",
                    "io.preservarium.pusher.api..",
                    "io.preservarium.pusher.operator..",
                    "io.preservarium.pusher.standalone..");
}
