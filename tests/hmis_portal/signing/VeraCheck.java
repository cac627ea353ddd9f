import java.io.File;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.PDFAParser;
import org.verapdf.pdfa.PDFAValidator;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.TestAssertion;
import org.verapdf.pdfa.results.ValidationResult;

/** Arguments: a flavour (3a, ua1), then files. Prints one line a file and one a failed rule; exit 1 if any failed. */
public class VeraCheck {
    public static void main(String[] args) throws Exception {
        VeraGreenfieldFoundryProvider.initialise();
        boolean good = true;
        for (String flavourId : args[0].split(",")) {
            PDFAFlavour flavour = PDFAFlavour.byFlavourId(flavourId);
            for (int i = 1; i < args.length; i++) {
                try (PDFAParser parser = Foundries.defaultInstance().createParser(new File(args[i]), flavour);
                     PDFAValidator validator = Foundries.defaultInstance().createValidator(flavour, false)) {
                    ValidationResult result = validator.validate(parser);
                    good &= result.isCompliant();
                    System.out.println((result.isCompliant() ? "PASS " : "FAIL ") + flavourId + " " + args[i]
                            + " (" + result.getTotalAssertions() + " checks)");
                    for (TestAssertion assertion : result.getTestAssertions()) {
                        if (assertion.getStatus() == TestAssertion.Status.FAILED) {
                            System.out.println("  " + assertion.getRuleId().getClause() + "-"
                                    + assertion.getRuleId().getTestNumber() + " " + assertion.getMessage()
                                    + " @ " + assertion.getLocation().getContext());
                        }
                    }
                }
            }
        }
        System.exit(good ? 0 : 1);
    }
}
