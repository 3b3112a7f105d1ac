package io.preservarium.pusher.calls;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "io.preservarium.pusher.calls", importOptions = ImportOption.DoNotIncludeTests.class)
class CallsArchitectureTest {

    @ArchTest
    static final ArchRule jsonIsReadInOnePlace = noClasses()
            .that()
            .doNotHaveSimpleName("MessageJson")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("com.fasterxml..");

    @ArchTest
    static final ArchRule messagesKnowNobodyWhoSendsThem = noClasses()
            .that()
            .resideInAPackage("..calls.messages..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.preservarium.pusher.calls");

    @ArchTest
    static final ArchRule noServiceIsKnownHere = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "io.preservarium.pusher.api..",
                    "io.preservarium.pusher.operator..",
                    "io.preservarium.pusher.connector..",
                    "org.apache.kafka..");
}
