import java.io.StringReader;
import java.io.StringWriter;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyManager;

/** Copies what it sees of one relation into another, in each format, and prints how many rows went. */
public final class CopyBack {
    private CopyBack() {}

    public static void main(String[] arguments) throws Exception {
        Properties settings = new Properties();
        settings.setProperty("user", System.getenv("PGUSER"));
        settings.setProperty("password", System.getenv("PGPASSWORD"));
        settings.setProperty("sslmode", System.getenv("PGSSLMODE"));
        String url = "jdbc:postgresql://" + System.getenv("PGHOST") + ":" + System.getenv("PGPORT")
                + "/" + System.getenv("PGDATABASE");
        try (Connection connection = DriverManager.getConnection(url, settings)) {
            CopyManager copies = connection.unwrap(PGConnection.class).getCopyAPI();
            StringWriter seen = new StringWriter();
            copies.copyOut("COPY " + arguments[0] + " TO STDOUT (FORMAT csv)", seen);
            System.out.println(copies.copyIn(
                    "COPY " + arguments[1] + " FROM STDIN (FORMAT csv)", new StringReader(seen.toString())));
            try {
                copies.copyIn("COPY " + arguments[1] + " FROM STDIN", new StringReader("too few\n"));
            } catch (SQLException error) {
                System.out.println(error.getSQLState());
            }
            System.out.println(connection.isValid(10));
        }
    }
}
