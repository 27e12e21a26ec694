import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.javarosa.core.model.FormDef;
import org.javarosa.core.model.instance.InstanceInitializationFactory;
import org.javarosa.model.xform.XFormSerializingVisitor;
import org.javarosa.model.xform.XFormsModule;
import org.javarosa.xform.parse.XFormParser;

/** Opens saved instances as ODK Collect does, and writes them with every calculation done: FORM (IN OUT)... */
public class Recalculate {
  public static void main(String[] files) throws Exception {
    new XFormsModule().registerModule();
    for (int next = 1; next < files.length; next += 2) {
      try (Reader form = Files.newBufferedReader(Path.of(files[0]));
          Reader instance = Files.newBufferedReader(Path.of(files[next]))) {
        FormDef opened = new XFormParser(form, instance).parse();
        opened.initialize(false, new InstanceInitializationFactory());
        byte[] written = new XFormSerializingVisitor().serializeInstance(opened.getInstance());
        Files.writeString(Path.of(files[next + 1]), new String(written, StandardCharsets.UTF_8));
      }
    }
  }
}
