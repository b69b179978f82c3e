using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Platform.Tests.Fixtures;
using Platform.Tests.Http;

namespace Platform.Tests.Organizations;

/// <summary>An answer with its JSON body.</summary>
internal sealed record Answer(HttpStatusCode Status, JsonElement Body, HttpResponseMessage Message)
{
    /// <summary>What <c>data</c> holds, after a look at the status.</summary>
    public JsonElement Data => Good.GetProperty("data");

    public JsonElement Good
    {
        get
        {
            Assert.True(Status is HttpStatusCode.OK or HttpStatusCode.Created, $"{Status}: {Body}");
            return Body;
        }
    }

    public string? Error => Body.TryGetProperty("error", out var error) ? error.GetString() : null;

    /// <summary>Status and text of a refusal.</summary>
    public (int Status, string? Error) Refusal => ((int)Status, Error);

    /// <summary>Status, code and message of a refusal in the inference family.</summary>
    public (int Status, string? Error, string? Message) Words => ((int)Status, Error, Body.TryGetProperty("message", out var message) ? message.GetString() : null);
}

/// <summary>Requests of a test's user, and what tests of organizations begin with.</summary>
internal static class Calls
{
    /// <param name="call">Method and path.</param>
    public static async Task<Answer> CallAsync(this HttpClient client, string call, object? body = null, params (string Name, string Value)[] headers)
    {
        var (method, path) = (call.Split(' ')[0], call.Split(' ')[1]);
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = body is null ? null : JsonContent.Create(body) };
        foreach (var (name, value) in headers)
            request.Headers.Add(name, value);
        var message = await client.SendAsync(request);
        return new Answer(message.StatusCode, await message.JsonAsync(), message);
    }

    public static Task<Answer> CallAsync(this TestUser user, string call, object? body = null, params (string Name, string Value)[] headers) => user.Client.CallAsync(call, body, headers);

    /// <summary>A new organization of the user; his session moves there.</summary>
    public static async Task<Place> FoundAsync(this TestUser owner, string? name = null)
    {
        var made = (await owner.CallAsync("POST /api/organizations", new { name = name ?? $"Org {Guid.NewGuid().ToString("N")[..8]}" })).Good.GetProperty("organization");
        var id = made.GetProperty("id").GetGuid();
        var project = (await owner.CallAsync($"GET /api/projects?organizationId={id}")).Data[0].GetProperty("id").GetGuid();
        await owner.SwitchAsync(project);
        return new Place(id, project, made.Text("name"), made.Text("slug"));
    }

    public static async Task SwitchAsync(this TestUser user, Guid projectId) => _ = (await user.CallAsync("POST /api/projects/switch", new { projectId })).Good;

    /// <summary>A new project in the user's active organization.</summary>
    public static async Task<Guid> ProjectAsync(this TestUser user, string name) => (await user.CallAsync("POST /api/projects", new { name })).Data.GetProperty("id").GetGuid();

    /// <summary>The secret of a new invitation to the user's address.</summary>
    public static async Task<string> InviteAsync(this TestUser inviter, string email, string role, params Guid[] projects) =>
        TokenOf((await inviter.CallAsync("POST /api/organizations/members/invite", new { email, role, selectedProjects = projects })).Data);

    /// <summary>Invites the user to the inviter's active organization and has him accept; his session moves there.</summary>
    public static async Task JoinAsync(this TestUser user, TestUser inviter, string role, params Guid[] projects) =>
        _ = (await user.CallAsync($"POST /api/invite/{await inviter.InviteAsync(user.Email, role, projects)}")).Good;

    public static string TokenOf(JsonElement invitation) => invitation.Text("inviteLink").Split('/')[^1];

    public static string OneOf(this JsonElement list, string property, object value, string wanted) =>
        list.EnumerateArray().First(row => row.GetProperty(property).ToString() == value.ToString()).GetProperty(wanted).ToString();

    internal sealed record Place(Guid Id, Guid Project, string Name, string Slug);
}
