// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.condis.api.callmgr.CmVc;
import dev.condis.api.client.ClientVc;
import dev.condis.api.miniport.MiniportVc;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

/** Holds {@code docs/ddi.md} true: what it names exists, and no test of a rule is missing in it. */
class DdiMapTest {
    private static final Path MAP = Path.of("..", "docs", "ddi.md");
    private static final int ENTRY_POINTS = 107;
    private static final int RULES = 226;
    private static final int RULES_WITHOUT_MEANING = 25;
    private static final int SEQUENCES = 42;
    private static final List<String> API_PACKAGES =
            List.of(ClientVc.class.getPackageName(), CmVc.class.getPackageName(), MiniportVc.class.getPackageName());
    private static final List<String> TEST_PACKAGES =
            List.of("dev.condis.core.engine", "dev.condis.core.state", "dev.condis.core.osgi", "dev.condis.core");
    private static final Pattern ELEMENT = Pattern.compile("`(\\w+)#(\\w+)`");
    private static final Pattern IDS_OF_TEST = Pattern.compile("((?:[a-z]\\d+)+)[A-Z].*");
    private static final Pattern RULE_ID = Pattern.compile("r(\\d+)");
    private static final Pattern SEQUENCE_ID = Pattern.compile("s(\\d+)");

    private static List<List<String>> table(final String heading) throws IOException {
        final List<List<String>> rows = new ArrayList<>();
        boolean inside = false;
        for (final String line : Files.readAllLines(MAP)) {
            if (line.startsWith("## ")) {
                inside = line.equals("## " + heading);
            } else if (inside && line.startsWith("| ") && !line.startsWith("|---")) {
                rows.add(Arrays.stream(line.substring(1).split("\\|"))
                        .map(String::strip)
                        .toList());
            }
        }
        // the first row is the head of the table
        return rows.subList(1, rows.size());
    }

    private static Optional<Class<?>> find(final List<String> packages, final String simpleName) {
        return packages.stream()
                .<Class<?>>flatMap(name -> load(name + "." + simpleName).stream())
                .findFirst();
    }

    private static Optional<Class<?>> load(final String name) {
        try {
            return Optional.of(Class.forName(name, false, DdiMapTest.class.getClassLoader()));
        } catch (final ClassNotFoundException e) {
            return Optional.empty();
        }
    }

    private static boolean isTest(final Method method) {
        return method.isAnnotationPresent(Test.class) || method.isAnnotationPresent(ParameterizedTest.class);
    }

    // --- entry points

    @Test
    void everyEntryPointIsThereOnceAndItsElementsExist() throws IOException {
        final List<List<String>> rows = table("Entry points");

        assertThat(rows).hasSize(ENTRY_POINTS);
        assertThat(rows)
                .extracting(row -> row.get(0))
                .doesNotHaveDuplicates()
                .allMatch(name -> name.matches(
                        "`(NdisCl|NdisCo|NdisCm|NdisMCm|NdisMCo|ProtocolCl|ProtocolCm|ProtocolCo|MiniportCo)\\w+`"));
        for (final List<String> row : rows) {
            final Matcher elements = ELEMENT.matcher(row.get(2));
            boolean any = false;
            while (elements.find()) {
                any = true;
                isElement(row.get(0), elements.group(1), elements.group(2));
            }
            assertThat(any).as("an element of %s", row.get(0)).isTrue();
        }
    }

    private static void isElement(final String entryPoint, final String type, final String method) {
        assertThat(find(API_PACKAGES, type).stream()
                        .flatMap(found -> Arrays.stream(found.getMethods()))
                        .map(Method::getName))
                .as("%s: %s#%s", entryPoint, type, method)
                .contains(method);
    }

    // --- rules

    @Test
    void everyRuleIsThereInItsOrderAndItsTestsExist() throws IOException {
        final List<List<String>> rows = table("Rules");

        assertThat(rows)
                .extracting(row -> row.get(0))
                .isEqualTo(IntStream.rangeClosed(1, RULES)
                        .mapToObj(number -> "R" + number)
                        .toList());
        for (final List<String> row : rows) {
            assertThat(row.get(1)).as(row.get(0)).isNotBlank();
            final Matcher tests = ELEMENT.matcher(row.get(2));
            boolean any = false;
            while (tests.find()) {
                any = true;
                isTestMethod(row.get(0), tests.group(1), tests.group(2));
            }
            if (!any) {
                assertThat(row.get(2)).as(row.get(0)).matches("no meaning: \\w.*");
            }
        }
    }

    private static void isTestMethod(final String rule, final String type, final String method) throws IOException {
        final boolean exists = find(TEST_PACKAGES, type).stream()
                        .flatMap(found -> Arrays.stream(found.getDeclaredMethods()))
                        .filter(DdiMapTest::isTest)
                        .anyMatch(test -> test.getName().equals(method))
                || isInAnotherModule(type, method);
        assertThat(exists).as("%s: %s#%s", rule, type, method).isTrue();
    }

    /** Tests of other modules are not on the class path here; their sources are beside this module's. */
    private static boolean isInAnotherModule(final String type, final String method) throws IOException {
        try (Stream<Path> files = Files.find(
                Path.of(".."),
                Integer.MAX_VALUE,
                (file, attributes) ->
                        file.endsWith(type + ".java") && file.toString().contains("src/test/java"))) {
            for (final Path file : files.toList()) {
                if (Files.readString(file).contains("void " + method + "(")) {
                    return true;
                }
            }
            return false;
        } catch (final UncheckedIOException e) {
            throw e.getCause();
        }
    }

    @Test
    void thereAreFewRulesWithoutMeaning() throws IOException {
        assertThat(table("Rules").stream().filter(row -> row.get(2).startsWith("no meaning")))
                .hasSizeLessThanOrEqualTo(RULES_WITHOUT_MEANING);
    }

    @Test
    void everySequenceIsThereInItsOrderAndItsTestsExist() throws IOException {
        final List<List<String>> rows = table("Sequences");

        assertThat(rows)
                .extracting(row -> row.get(0))
                .isEqualTo(IntStream.rangeClosed(1, SEQUENCES)
                        .mapToObj(number -> "S" + number)
                        .toList());
        for (final List<String> row : rows) {
            final Matcher tests = ELEMENT.matcher(row.get(2));
            assertThat(row.get(2)).as(row.get(0)).matches("(no meaning: \\w|`).*");
            while (tests.find()) {
                isTestMethod(row.get(0), tests.group(1), tests.group(2));
            }
        }
    }

    @Test
    void everyTestThatIsNamedAfterARuleOrASequenceIsThere() throws IOException, URISyntaxException {
        final List<String> missing = new ArrayList<>();
        missing.addAll(missing(table("Rules"), RULE_ID, "R"));
        missing.addAll(missing(table("Sequences"), SEQUENCE_ID, "S"));

        assertThat(missing).isEmpty();
    }

    private static List<String> missing(final List<List<String>> rows, final Pattern id, final String letter)
            throws IOException, URISyntaxException {
        final List<String> missing = new ArrayList<>();
        testClasses().forEach(type -> Arrays.stream(type.getDeclaredMethods())
                .filter(DdiMapTest::isTest)
                .forEach(method -> idsOf(method, id).forEach(number -> {
                    final String test = "`" + type.getSimpleName() + "#" + method.getName() + "`";
                    if (!rows.get(number - 1).get(2).contains(test)) {
                        missing.add(letter + number + " lacks " + test);
                    }
                })));
        return missing;
    }

    private static List<Integer> idsOf(final Method method, final Pattern id) {
        final Matcher ids = IDS_OF_TEST.matcher(method.getName());
        if (!ids.matches()) {
            return List.of();
        }
        return id.matcher(ids.group(1))
                .results()
                .map(rule -> Integer.valueOf(rule.group(1)))
                .toList();
    }

    private static List<Class<?>> testClasses() throws IOException, URISyntaxException {
        final Path root = Path.of(DdiMapTest.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        try (Stream<Path> files = Files.walk(root)) {
            final List<Class<?>> classes = files.map(root::relativize)
                    .map(Path::toString)
                    .filter(file -> file.endsWith("Test.class"))
                    .map(file ->
                            file.substring(0, file.length() - ".class".length()).replace('/', '.'))
                    .<Class<?>>flatMap(name -> load(name).stream())
                    .toList();
            assertThat(classes).contains(DdiMapTest.class);
            return classes;
        } catch (final UncheckedIOException e) {
            throw e.getCause();
        }
    }
}
