using Microsoft.AspNetCore.Http;
using Platform.Databases;

namespace Platform.Functions.Databases;

/// <summary>What is in a database.</summary>
[Api(Family.Delivery)]
public sealed class DatabaseQueryFunctions(DatabaseQueries databases, QueryDatabase query)
{
    private const string One = "api/databases/{databaseId}";

    /// <summary>Run SQL. What may write is one transaction; reading SQL can not write.</summary>
    [Function("Databases_Query")]
    [Operation(Permissions.DatabasesQuery, Rate.Default, ObjectFirst = true, Audit = "database.query", Body = typeof(SqlRequest), BodyLimit = 2 * 1024 * 1024)]
    public async Task<Result<SqlAnswer>> QueryAsync([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = $"{One}/query")] HttpRequest http, string databaseId, CancellationToken ct)
    {
        var found = await databases.FindAsync(databaseId.ToId(), Permissions.DatabasesQuery, ct);
        var body = found.IsOk ? await http.ReadBodyAsync<SqlRequest>(ct) : found.Error;
        return body.IsOk ? await query.RunAsync(found.Value, body.Value, ct) : body.Error;
    }

    /// <summary>List tables and views.</summary>
    [Function("Databases_ListTables")]
    [Operation(Permissions.DatabasesQuery, Rate.Default, ObjectFirst = true, Query = typeof(TableFilter))]
    public async Task<Result<Page<TableSummary>>> ListTablesAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = $"{One}/tables")] HttpRequest http, string databaseId, CancellationToken ct)
    {
        var found = await databases.FindAsync(databaseId.ToId(), Permissions.DatabasesQuery, ct);
        var filter = found.IsOk ? http.ReadQuery<TableFilter>() : found.Error;
        return filter.IsOk ? await query.ListTablesAsync(found.Value, filter.Value, ct) : filter.Error;
    }

    /// <summary>Read a table's or view's columns, keys and indexes, and its first rows.</summary>
    [Function("Databases_GetTable")]
    [Operation(Permissions.DatabasesQuery, Rate.Default, ObjectFirst = true, Query = typeof(TableDetailQuery))]
    public async Task<Result<TableDetail>> GetTableAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = $"{One}/tables/{{tableName}}")] HttpRequest http, string databaseId, string tableName, CancellationToken ct)
    {
        var found = await databases.FindAsync(databaseId.ToId(), Permissions.DatabasesQuery, ct);
        var filter = found.IsOk ? http.ReadQuery<TableDetailQuery>() : found.Error;
        return filter.IsOk ? await query.FindTableAsync(found.Value, tableName, filter.Value, ct) : filter.Error;
    }
}
