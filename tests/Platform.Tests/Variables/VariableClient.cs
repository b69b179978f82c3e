using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

using Platform.Data;
using Platform.Identity;
using Platform.Organizations;
using Platform.Tests.Fixtures;

namespace Platform.Tests.Variables;

/// <summary>The variables of one project as a test's user sees them.</summary>
internal sealed class VariableClient(HttpClient http, Guid projectId)
{
    public Guid ProjectId => projectId;

    public string Path => $"/api/projects/{projectId}/variables";

    /// <summary>The variables of the user's default project.</summary>
    public static async Task<VariableClient> OfAsync(PlatformApp app, TestUser user) => new(user.Client, await app.ProjectOfAsync(user));

    public Task<(HttpStatusCode Status, JsonElement Body)> CreateAsync(object variable, string? idempotencyKey = null) =>
        SendAsync(HttpMethod.Post, "", JsonContent.Create(variable), idempotencyKey);

    public Task<(HttpStatusCode Status, JsonElement Body)> UploadAsync(HttpContent form, string? idempotencyKey = null) => SendAsync(HttpMethod.Post, "", form, idempotencyKey);

    public async Task<Guid> CreatedAsync(object variable) => IdOf(await CreateAsync(variable));

    public async Task<Guid> UploadedAsync(string key, string fileName, byte[] content) => IdOf(await UploadAsync(Form(key, fileName, content)));

    public Task<(HttpStatusCode Status, JsonElement Body)> ListAsync() => SendAsync(HttpMethod.Get, "");

    public Task<(HttpStatusCode Status, JsonElement Body)> GetAsync(object id) => SendAsync(HttpMethod.Get, $"/{id}");

    public Task<(HttpStatusCode Status, JsonElement Body)> UpdateAsync(object id, object change) => SendAsync(HttpMethod.Put, $"/{id}", change as HttpContent ?? JsonContent.Create(change));

    public Task<(HttpStatusCode Status, JsonElement Body)> DeleteAsync(object id) => SendAsync(HttpMethod.Delete, $"/{id}");

    public Task<(HttpStatusCode Status, JsonElement Body)> DecryptAsync(object id) => SendAsync(HttpMethod.Post, $"/{id}/decrypt");

    public Task<HttpResponseMessage> DownloadAsync(object id) => http.GetAsync($"{Path}/{id}/download");

    public async Task<(HttpStatusCode Status, JsonElement Body)> SendAsync(HttpMethod method, string path, HttpContent? content = null, string? idempotencyKey = null)
    {
        using var request = new HttpRequestMessage(method, Path + path) { Content = content };
        if (idempotencyKey is not null)
            request.Headers.Add("Idempotency-Key", idempotencyKey);
        using var answer = await http.SendAsync(request);
        Assert.Equal("application/json", answer.Content.Headers.ContentType?.MediaType);
        Assert.Equal("no-store", answer.Headers.CacheControl?.ToString());
        return (answer.StatusCode, await answer.Content.ReadFromJsonAsync<JsonElement>());
    }

    public static MultipartFormDataContent Form(string? key, string? fileName = null, byte[]? content = null, string? contentType = null, string? description = null)
    {
        var form = new MultipartFormDataContent();
        if (key is not null)
            form.Add(new StringContent(key), "key");
        if (description is not null)
            form.Add(new StringContent(description), "description");
        if (fileName is null)
            return form;
        var file = new ByteArrayContent(content ?? "a,b\n1,2\n"u8.ToArray());
        file.Headers.ContentType = contentType is null ? null : MediaTypeHeaderValue.Parse(contentType);
        form.Add(file, "file", fileName);
        return form;
    }

    private static Guid IdOf((HttpStatusCode Status, JsonElement Body) created)
    {
        Assert.True(created.Status == HttpStatusCode.OK, created.Body.ToString());
        return created.Body.GetProperty("data").GetProperty("id").GetGuid();
    }
}

internal static class VariableTestData
{
    public static string Error(this (HttpStatusCode Status, JsonElement Body) answer) => answer.Body.GetProperty("error").GetString()!;

    public static JsonElement Data(this (HttpStatusCode Status, JsonElement Body) answer)
    {
        Assert.True(answer.Status == HttpStatusCode.OK, answer.Body.ToString());
        Assert.True(answer.Body.GetProperty("success").GetBoolean());
        return answer.Body.GetProperty("data");
    }

    /// <summary>A unit of work that sees everything.</summary>
    public static async Task<T> ReadAsync<T>(this PlatformApp app, Func<PlatformDbContext, Task<T>> read)
    {
        await using var scope = app.Services.GetRequiredService<IServiceScopeFactory>().CreateScopeFor(Caller.Platform);
        return await read(scope.ServiceProvider.GetRequiredService<PlatformDbContext>());
    }

    public static Task<Guid> ProjectOfAsync(this PlatformApp app, TestUser user) => app.ReadAsync(db =>
        (from member in db.Memberships
         where member.UserId == user.Id && member.Role == OrganizationRole.Owner
         join project in db.Projects on member.OrganizationId equals project.OrganizationId
         select project.Id).SingleAsync());

    /// <summary>Makes the user a member of the project's organization, with a grant on the project.</summary>
    public static async Task JoinAsync(this PlatformApp app, TestUser user, Guid projectId, OrganizationRole role, ProjectRole? grant = null)
    {
        await app.ReadAsync(async db =>
        {
            var organization = await db.Projects.Where(project => project.Id == projectId).Select(project => project.OrganizationId).SingleAsync();
            var now = DateTimeOffset.UtcNow;
            db.Add(new Membership { Id = Guid.CreateVersion7(), OrganizationId = organization, UserId = user.Id, Role = role, JoinedAt = now });
            if (grant is { } word)
            {
                db.Add(new RoleAssignment
                {
                    Id = Guid.CreateVersion7(),
                    OrganizationId = organization,
                    UserId = user.Id,
                    RoleId = BuiltInRoles.For(word).Id,
                    ProjectId = projectId,
                    AssignedAt = now,
                });
            }

            return await db.SaveChangesAsync();
        });
        app.Services.GetRequiredService<SessionDirectory>().ForgetAll();
    }
}
