using System.Data.Common;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Npgsql;
using Platform.Data;

namespace Platform.Benchmarks.ExecutionsApi;

/// <summary>
/// The comparison for reads: Kestrel, hand-written SQL over pooled connections and a JSON writer, nothing else. It answers for one user, whom it does not ask for a credential, the same bodies
/// from the same database.
/// </summary>
internal sealed class BareQueries(DbDataSource database, bool isSqlite, Guid userId)
{
    private static readonly JsonWriterOptions Unchecked = new() { SkipValidation = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private const string Result = """
        SELECT e.id, e.status, r.output, r.errors, e.lang, e.lang_version, r.exit_code, r.error_type, r.output_truncated, r.wall_seconds, r.cpu_time_jiffies, r.clk_tck_hertz, r.peak_memory_kb,
            e.priority, e.timeout_seconds, e.retried_from, e.created_at, e.started_at, e.completed_at, e.updated_at
        FROM executions e LEFT JOIN execution_results r ON r.execution_id = e.id WHERE e.id = @id AND e.user_id = @user
        """;

    private const string Events = """
        SELECT event_id, event_type, event_version, timestamp, aggregate_id, correlation_id, causation_id, metadata, payload, stored_at
        FROM events WHERE user_id = @user ORDER BY timestamp DESC, row_id DESC LIMIT @limit
        """;

    private const string Count = "SELECT count(*) FROM events WHERE user_id = @user";

    public static async Task<int> RunAsync(int port, string provider, string connectionString, Guid userId)
    {
        var isSqlite = provider == "sqlite";
        await using var database = isSqlite
            ? SqliteFactory.Instance.CreateDataSource($"{connectionString};Mode=ReadOnly")
            : new NpgsqlDataSourceBuilder($"{connectionString};No Reset On Close=true;Max Auto Prepare=200").Build();
        var queries = new BareQueries(database, isSqlite, userId);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.MapGet("/health", () => "alive");
        app.MapGet("/result/{id:guid}", queries.ResultAsync);
        app.MapGet("/events/user", queries.EventsAsync);
        await app.RunAsync($"http://127.0.0.1:{port}");
        return 0;
    }

    private async Task ResultAsync(HttpContext http, Guid id)
    {
        await using var connection = await database.OpenConnectionAsync(http.RequestAborted);
        await using var command = Command(connection, Result, ("id", Key(id)), ("user", Key(userId)));
        await using var row = await command.ExecuteReaderAsync(http.RequestAborted);
        if (!await row.ReadAsync(http.RequestAborted))
        {
            http.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        await WriteAsync(http, json => WriteResult(json, new Row(row, isSqlite)));
    }

    private async Task EventsAsync(HttpContext http, int limit)
    {
        await using var connection = await database.OpenConnectionAsync(http.RequestAborted);
        await using var counting = Command(connection, Count, ("user", Key(userId)));
        var total = (long)(await counting.ExecuteScalarAsync(http.RequestAborted))!;
        await using var command = Command(connection, Events, ("user", Key(userId)), ("limit", limit));
        await using var reader = await command.ExecuteReaderAsync(http.RequestAborted);
        await WriteAsync(http, json => WriteEvents(json, reader, total, limit));
    }

    private static void WriteResult(Utf8JsonWriter json, Row row)
    {
        json.WriteStartObject();
        row.Write(json, "execution_id", 0).Write(json, "status", 1).Write(json, "output", 2).Write(json, "errors", 3).Write(json, "lang", 4).Write(json, "lang_version", 5)
            .WriteNumber(json, "exit_code", 6).Write(json, "error_type", 7);
        json.WriteBoolean("output_truncated", row.IsTrue(8));
        json.WriteStartObject("resource_usage");
        json.WriteNumber("execution_time_wall_seconds", row.Double(9));
        row.WriteNumber(json, "cpu_time_jiffies", 10).WriteNumber(json, "clk_tck_hertz", 11).WriteNumber(json, "peak_memory_kb", 12);
        json.WriteEndObject();
        row.Write(json, "priority", 13).WriteNumber(json, "timeout_seconds", 14).Write(json, "retried_from", 15)
            .WriteTime(json, "created_at", 16).WriteTime(json, "started_at", 17).WriteTime(json, "completed_at", 18).WriteTime(json, "updated_at", 19);
        json.WriteEndObject();
    }

    private void WriteEvents(Utf8JsonWriter json, DbDataReader reader, long total, int limit)
    {
        var (row, count) = (new Row(reader, isSqlite), 0);
        json.WriteStartObject();
        json.WriteStartArray("events");
        for (; reader.Read(); count++)
        {
            json.WriteStartObject();
            row.Write(json, "event_id", 0).Write(json, "event_type", 1).Write(json, "event_version", 2).WriteTime(json, "timestamp", 3)
                .Write(json, "aggregate_id", 4).Write(json, "correlation_id", 5).Write(json, "causation_id", 6).WriteRaw(json, "metadata", 7).WriteRaw(json, "payload", 8)
                .WriteTime(json, "stored_at", 9);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteNumber("total", total);
        json.WriteNumber("limit", limit);
        json.WriteNumber("skip", 0);
        json.WriteBoolean("has_more", count < total);
        json.WriteEndObject();
    }

    private static async Task WriteAsync(HttpContext http, Action<Utf8JsonWriter> write)
    {
        http.Response.ContentType = "application/json; charset=utf-8";
        await using var json = new Utf8JsonWriter(http.Response.BodyWriter, Unchecked);
        write(json);
        await json.FlushAsync(http.RequestAborted);
    }

    private static DbCommand Command(DbConnection connection, string text, params (string Name, object Value)[] values)
    {
        var command = connection.CreateCommand();
        command.CommandText = text;
        foreach (var (name, value) in values)
        {
            var parameter = command.CreateParameter();
            (parameter.ParameterName, parameter.Value) = (name, value);
            command.Parameters.Add(parameter);
        }

        return command;
    }

    private object Key(Guid id) => isSqlite ? id.ToString("D") : id;

    /// <summary>Columns of the row at which the reader stands, as members of an object.</summary>
    private sealed class Row(DbDataReader reader, bool isSqlite)
    {
        public bool IsTrue(int column) => !reader.IsDBNull(column) && reader.GetBoolean(column);

        public double Double(int column) => reader.GetDouble(column);

        public Row Write(Utf8JsonWriter json, string name, int column)
        {
            if (reader.IsDBNull(column))
                json.WriteNull(name);
            else if (reader.GetFieldType(column) == typeof(Guid))
                json.WriteString(name, reader.GetGuid(column));
            else
                json.WriteString(name, reader.GetString(column));
            return this;
        }

        public Row WriteNumber(Utf8JsonWriter json, string name, int column)
        {
            if (reader.IsDBNull(column))
                json.WriteNull(name);
            else
                json.WriteNumber(name, reader.GetInt64(column));
            return this;
        }

        public Row WriteRaw(Utf8JsonWriter json, string name, int column)
        {
            json.WritePropertyName(name);
            json.WriteRawValue(reader.GetString(column), skipInputValidation: true);
            return this;
        }

        public Row WriteTime(Utf8JsonWriter json, string name, int column)
        {
            if (reader.IsDBNull(column))
            {
                json.WriteNull(name);
                return this;
            }

            var time = isSqlite ? UnixMicrosecondsConverter.FromMicroseconds(reader.GetInt64(column)) : reader.GetFieldValue<DateTimeOffset>(column);
            Span<byte> text = stackalloc byte[32];
            WireTime.TryFormat(time, text, out var written);
            json.WriteString(name, text[..written]);
            return this;
        }
    }
}
