import java.io.StringReader;
import java.io.StringWriter;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HexFormat;
import java.util.Properties;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyManager;

/**
 * Runs everything that JDBC offers against one server and prints what it received, one line an answer.
 * The test compares the answers of the gateway with those of the database.
 */
public final class Battery {
    private static final int REPETITIONS = 12;
    private static final HexFormat HEX = HexFormat.of();

    private Battery() {}

    public static void main(String[] arguments) throws Exception {
        Properties settings = new Properties();
        settings.setProperty("user", System.getenv("PGUSER"));
        settings.setProperty("password", System.getenv("PGPASSWORD"));
        settings.setProperty("sslmode", System.getenv("PGSSLMODE"));
        if (System.getenv("PGSSLROOTCERT") != null) {
            settings.setProperty("sslrootcert", System.getenv("PGSSLROOTCERT"));
        }
        settings.setProperty("preferQueryMode", arguments[0]);
        settings.setProperty("prepareThreshold", "3");
        String url = "jdbc:postgresql://" + System.getenv("PGHOST") + ":" + System.getenv("PGPORT")
                + "/" + System.getenv("PGDATABASE");
        try (Connection connection = DriverManager.getConnection(url, settings)) {
            reads(connection);
            prepared(connection);
            if (!arguments[0].equals("simple")) {
                fetchesInPieces(connection);
            }
            transactions(connection);
            batches(connection);
            copies(connection);
            cancels(connection);
            metadata(connection);
        }
        settings.setProperty("password", "not the one");
        say("wrong password", code(() -> DriverManager.getConnection(url, settings).close()));
    }

    private static void reads(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            table("clean", statement.executeQuery("SELECT * FROM clean ORDER BY id"));
            table("people", statement.executeQuery("SELECT * FROM people ORDER BY id"));
            boolean rows = statement.execute("SELECT 1; SELECT 'last'");
            say("several", rows + " " + statement.getMoreResults());
        }
    }

    private static void prepared(Connection connection) throws SQLException {
        String sql = "SELECT id, label, email FROM series WHERE id = ?";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            // Above the threshold the driver names the statement and asks for binary results.
            for (int number = 1; number <= REPETITIONS; number++) {
                statement.setInt(1, number);
                table("prepared " + number, statement.executeQuery());
            }
        }
        String wide = "SELECT id, small, big, ratio, exact, day, instant, code FROM clean WHERE id = ?";
        try (PreparedStatement statement = connection.prepareStatement(wide)) {
            for (int number = 0; number < REPETITIONS; number++) {
                statement.setInt(1, 1);
                table("wide", statement.executeQuery());
            }
        }
        String masked = "SELECT salary, born, token, points, photo FROM people WHERE id = ?";
        try (PreparedStatement statement = connection.prepareStatement(masked)) {
            for (int number = 0; number < REPETITIONS; number++) {
                statement.setInt(1, 1);
                table("people binary", statement.executeQuery());
            }
        }
    }

    private static void fetchesInPieces(Connection connection) throws SQLException {
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            statement.setFetchSize(99);
            ResultSet rows = statement.executeQuery("SELECT id, email FROM series ORDER BY id");
            int count = 0;
            while (rows.next()) {
                count++;
                if (rows.getInt(1) != count) {
                    throw new IllegalStateException("row " + count + " is out of order");
                }
                if (count % 250 == 0) {
                    say("people piece", rows.getString(2));
                }
            }
            say("pieces", Integer.toString(count));
        }
        connection.commit();
        connection.setAutoCommit(true);
    }

    private static void transactions(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("DELETE FROM scratch");
            connection.setAutoCommit(false);
            statement.execute("INSERT INTO scratch VALUES (1, 'lost')");
            say("duplicate", code(() -> statement.execute("INSERT INTO scratch VALUES (1, 'twice')")));
            say("aborted", code(() -> statement.execute("SELECT 1")));
            connection.rollback();
            connection.setAutoCommit(true);
            table("kept", statement.executeQuery("SELECT count(*) FROM scratch"));
            say("syntax", code(() -> statement.execute("SELEKT")));
        }
    }

    private static void batches(Connection connection) throws SQLException {
        String sql = "INSERT INTO scratch VALUES (?, ?) RETURNING id";
        try (PreparedStatement statement =
                connection.prepareStatement(sql.replace(" RETURNING id", ""), Statement.RETURN_GENERATED_KEYS)) {
            for (int number = 0; number < 50; number++) {
                statement.setInt(1, number);
                statement.setString(2, "word " + number);
                statement.addBatch();
            }
            say("batch", Integer.toString(statement.executeBatch().length));
        }
    }

    private static void copies(Connection connection) throws Exception {
        CopyManager copies = connection.unwrap(PGConnection.class).getCopyAPI();
        long stored = copies.copyIn("COPY scratch FROM STDIN", new StringReader("100\tone\n101\ttwo\n"));
        say("copied in", Long.toString(stored));
        StringWriter people = new StringWriter();
        copies.copyOut("COPY people TO STDOUT", people);
        say("people copied", people.toString().replace("\n", "|"));
    }

    private static void cancels(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.setQueryTimeout(1);
            String endless = "SELECT count(*) FROM series a, series b, series c";
            say("cancelled", code(() -> statement.executeQuery(endless)));
            statement.setQueryTimeout(0);
            table("after cancel", statement.executeQuery("SELECT 1"));
        }
    }

    private static void metadata(Connection connection) throws SQLException {
        try (ResultSet columns = connection.getMetaData().getColumns(null, "public", "people", null)) {
            while (columns.next()) {
                say("column", columns.getString("COLUMN_NAME") + " " + columns.getString("TYPE_NAME")
                        + " " + columns.getInt("NULLABLE"));
            }
        }
        try (ResultSet keys = connection.getMetaData().getPrimaryKeys(null, "public", "people")) {
            while (keys.next()) {
                say("key", keys.getString("COLUMN_NAME"));
            }
        }
    }

    private static void table(String name, ResultSet rows) throws SQLException {
        ResultSetMetaData description = rows.getMetaData();
        while (rows.next()) {
            StringBuilder line = new StringBuilder();
            for (int column = 1; column <= description.getColumnCount(); column++) {
                line.append(description.getColumnName(column)).append('=');
                boolean bytes = description.getColumnTypeName(column).equals("bytea");
                byte[] value = bytes ? rows.getBytes(column) : null;
                line.append(value == null ? rows.getString(column) : HEX.formatHex(value)).append(';');
            }
            say(name, line.toString());
        }
    }

    private interface Action {
        void run() throws SQLException;
    }

    private static String code(Action action) {
        try {
            action.run();
            return "no error";
        } catch (SQLException error) {
            return String.valueOf(error.getSQLState());
        }
    }

    private static void say(String name, String answer) {
        System.out.println(name + ": " + answer.replace("\n", "\\n"));
    }
}
