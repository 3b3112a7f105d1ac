package io.preservarium.pusher.connector;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import io.preservarium.pusher.connector.broken.BreaksEveryRule;
import io.preservarium.pusher.connector.broken.inner.KnowsWhoKnowsIt;
import io.preservarium.pusher.operator.broken.PartOfAService;
import java.lang.reflect.Field;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

class ConnectorRulesTest {

    @TestFactory
    Stream<DynamicTest> eachRuleFindsWhoBreaksIt() {
        var classes = new ClassFileImporter()
                .importClasses(BreaksEveryRule.class, KnowsWhoKnowsIt.class, PartOfAService.class);
        return Arrays.stream(ConnectorRules.class.getDeclaredFields())
                .filter(field -> field.getType() == ArchRule.class)
                .map(field -> DynamicTest.dynamicTest(field.getName(), () -> assertThat(
                                rule(field).evaluate(classes).hasViolation())
                        .isTrue()));
    }

    private static ArchRule rule(Field field) throws IllegalAccessException {
        return (ArchRule) field.get(null);
    }
}
