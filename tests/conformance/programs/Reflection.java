import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.Properties;

/**
 * Asks for everything that JDBC can tell about a schema, as tools do when they connect, and prints it,
 * one row a line. The test compares the answers of the gateway with those of the database.
 */
public final class Reflection {
    private static final String[] TYPES = {
        "TABLE", "VIEW", "MATERIALIZED VIEW", "INDEX", "SEQUENCE", "TYPE", "SYSTEM TABLE", "SYSTEM VIEW",
        "PARTITIONED TABLE", "FOREIGN TABLE", "TEMPORARY TABLE",
    };

    private Reflection() {}

    public static void main(String[] arguments) throws Exception {
        Properties settings = new Properties();
        settings.setProperty("user", System.getenv("PGUSER"));
        settings.setProperty("password", System.getenv("PGPASSWORD"));
        settings.setProperty("sslmode", System.getenv("PGSSLMODE"));
        settings.setProperty("preferQueryMode", arguments[0]);
        String url = "jdbc:postgresql://" + System.getenv("PGHOST") + ":" + System.getenv("PGPORT")
                + "/" + System.getenv("PGDATABASE");
        try (Connection connection = DriverManager.getConnection(url, settings)) {
            DatabaseMetaData data = connection.getMetaData();
            facts(data);
            print("catalogs", data.getCatalogs());
            print("schemas", data.getSchemas());
            print("schemas like", data.getSchemas(null, "pub%"));
            print("table types", data.getTableTypes());
            print("types", data.getTypeInfo());
            print("user types", data.getUDTs(null, null, null, null));
            print("functions", data.getFunctions(null, null, "pg_get%"));
            print("function columns", data.getFunctionColumns(null, "pg_catalog", "substr%", null));
            print("procedures", data.getProcedures(null, null, null));
            print("client info", data.getClientInfoProperties());
            for (String schema : new String[] {"public", "information_schema", "pg_catalog"}) {
                print("tables", data.getTables(null, schema, null, TYPES));
                print("columns", data.getColumns(null, schema, null, null));
            }
            for (String table : new String[] {"clean", "people", "series", "orders"}) {
                print("keys", data.getPrimaryKeys(null, "public", table));
                print("indexes", data.getIndexInfo(null, "public", table, false, true));
                print("unique indexes", data.getIndexInfo(null, "public", table, true, false));
                print("imported", data.getImportedKeys(null, "public", table));
                print("exported", data.getExportedKeys(null, "public", table));
                print("crossed", data.getCrossReference(null, "public", "people", null, "public", table));
                print("privileges", data.getTablePrivileges(null, "public", table));
                print("column privileges", data.getColumnPrivileges(null, "public", table, null));
                int scope = DatabaseMetaData.bestRowSession;
                print("best identifier", data.getBestRowIdentifier(null, "public", table, scope, true));
                print("version columns", data.getVersionColumns(null, "public", table));
            }
        }
    }

    private static void facts(DatabaseMetaData data) throws SQLException {
        say("product", data.getDatabaseProductName() + " " + data.getDatabaseProductVersion());
        say("driver", data.getDriverName() + " " + data.getDriverVersion());
        say("keywords", data.getSQLKeywords());
        say("functions of numbers", data.getNumericFunctions() + data.getStringFunctions());
        say("longest name", Integer.toString(data.getMaxColumnNameLength()));
        say("isolation", Integer.toString(data.getDefaultTransactionIsolation()));
        say("connections", Integer.toString(data.getMaxConnections()));
    }

    private static void print(String name, ResultSet rows) throws SQLException {
        try (rows) {
            ResultSetMetaData description = rows.getMetaData();
            int count = 0;
            while (rows.next()) {
                count++;
                StringBuilder line = new StringBuilder();
                for (int column = 1; column <= description.getColumnCount(); column++) {
                    line.append(description.getColumnLabel(column)).append('=');
                    line.append(rows.getString(column)).append(';');
                }
                say(name, line.toString());
            }
            say(name, count + " rows");
        }
    }

    private static void say(String name, String answer) {
        System.out.println(name + ": " + answer.replace("\n", "\\n"));
    }
}
