import java.io.BufferedReader;
import java.io.File;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.PDFAParser;
import org.verapdf.pdfa.PDFAValidator;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.TestAssertion;
import org.verapdf.pdfa.results.ValidationResult;

/**
 * Each line of the input: flavours (3a,ua1), then files, with tabs between. Prints one line a file and one a failed rule,
 * then a line with a dot. Ends with its input.
 */
public class VeraCheck {
    static final PrintStream OUT = new PrintStream(System.out, true, StandardCharsets.UTF_8);

    public static void main(String[] args) throws Exception {
        VeraGreenfieldFoundryProvider.initialise();
        BufferedReader asked = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = asked.readLine(); line != null; line = asked.readLine()) {
            try {
                check(line.split("\t"));
            } catch (Exception error) {
                error.printStackTrace(OUT);
            }
            OUT.println(".");
        }
    }

    static void check(String[] asked) throws Exception {
        for (String flavourId : asked[0].split(",")) {
            PDFAFlavour flavour = PDFAFlavour.byFlavourId(flavourId);
            for (int i = 1; i < asked.length; i++) {
                try (PDFAParser parser = Foundries.defaultInstance().createParser(new File(asked[i]), flavour);
                     PDFAValidator validator = Foundries.defaultInstance().createValidator(flavour, false)) {
                    ValidationResult result = validator.validate(parser);
                    OUT.println((result.isCompliant() ? "PASS " : "FAIL ") + flavourId + " " + asked[i]
                            + " (" + result.getTotalAssertions() + " checks)");
                    for (TestAssertion assertion : result.getTestAssertions()) {
                        if (assertion.getStatus() == TestAssertion.Status.FAILED) {
                            OUT.println("  " + assertion.getRuleId().getClause() + "-"
                                    + assertion.getRuleId().getTestNumber() + " " + assertion.getMessage()
                                    + " @ " + assertion.getLocation().getContext());
                        }
                    }
                }
            }
        }
    }
}
