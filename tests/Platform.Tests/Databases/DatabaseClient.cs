using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

using Platform.Tests.Fixtures;

namespace Platform.Tests.Databases;

internal sealed record Answer(HttpStatusCode Status, JsonElement Body)
{
    public JsonElement Data => Body.GetProperty("data");

    public string Code => Body.GetProperty("code").GetString()!;

    public string Error => Body.GetProperty("error").GetString()!;

    public (int Status, string Code) Refusal => ((int)Status, Code);

    public Answer Ok(HttpStatusCode status = HttpStatusCode.OK)
    {
        Assert.True(Status == status, $"{Status}: {Body}");
        return this;
    }
}

/// <summary>The managed databases as a test's user sees them.</summary>
internal sealed class DatabaseClient(HttpClient http)
{
    private const string Path = "/api/databases";

    public DatabaseClient(TestUser user)
        : this(user.Client)
    {
    }

    public Task<Answer> CreateAsync(object database, string? idempotencyKey = null) => SendAsync(HttpMethod.Post, "", database, idempotencyKey);

    public async Task<Guid> CreatedAsync(string name, string? initSql = null, int? maxSizeMb = null, int statementTimeoutMs = 30_000) =>
        (await CreateAsync(new { name, initSql, maxSizeMb, statementTimeoutMs })).Ok(HttpStatusCode.Created).Data.GetProperty("id").GetGuid();

    public Task<Answer> ListAsync(string query = "") => SendAsync(HttpMethod.Get, query);

    public Task<Answer> GetAsync(object id, string query = "") => SendAsync(HttpMethod.Get, $"/{id}{query}");

    public Task<Answer> ChangeAsync(object id, object change) => SendAsync(HttpMethod.Patch, $"/{id}", change);

    public Task<Answer> DeleteAsync(object id, string query = "") => SendAsync(HttpMethod.Delete, $"/{id}{query}");

    public Task<Answer> QueryAsync(object id, object query) => SendAsync(HttpMethod.Post, $"/{id}/query", query);

    public Task<Answer> SqlAsync(object id, string sql) => QueryAsync(id, new { sql });

    public Task<Answer> TablesAsync(object id, string query = "") => SendAsync(HttpMethod.Get, $"/{id}/tables{query}");

    public Task<Answer> TableAsync(object id, string name, string query = "") => SendAsync(HttpMethod.Get, $"/{id}/tables/{Uri.EscapeDataString(name)}{query}");

    public Task<Answer> BackUpAsync(object id, object backup) => SendAsync(HttpMethod.Post, $"/{id}/backups", backup);

    public Task<Answer> BackupsAsync(object id, string query = "") => SendAsync(HttpMethod.Get, $"/{id}/backups{query}");

    public Task<Answer> DeleteBackupAsync(object id, object backup) => SendAsync(HttpMethod.Delete, $"/{id}/backups/{backup}");

    public Task<Answer> RestoreAsync(object id, object backup, object restore) => SendAsync(HttpMethod.Post, $"/{id}/backups/{backup}/restore", restore);

    /// <summary>For refusals.</summary>
    public Task<Answer> DownloadAsync(object id, object backup) => SendAsync(HttpMethod.Get, $"/{id}/backups/{backup}/download");

    public Task<Answer> ScheduleAsync(object id, object schedule) => SendAsync(HttpMethod.Patch, $"/{id}/backup-schedule", schedule);

    /// <summary>The first value of the first row.</summary>
    public async Task<string> ValueAsync(object id, string sql) => (await QueryAsync(id, new { sql, rowFormat = "arrays" })).Ok().Data.GetProperty("rows")[0][0].ToString();

    private async Task<Answer> SendAsync(HttpMethod method, string path, object? body = null, string? idempotencyKey = null)
    {
        using var request = new HttpRequestMessage(method, Path + path);
        if (body is not null)
            request.Content = body as HttpContent ?? JsonContent.Create(body);
        if (idempotencyKey is not null)
            request.Headers.Add("Idempotency-Key", idempotencyKey);
        using var answer = await http.SendAsync(request);
        return new Answer(answer.StatusCode, await answer.Content.ReadFromJsonAsync<JsonElement>());
    }
}
