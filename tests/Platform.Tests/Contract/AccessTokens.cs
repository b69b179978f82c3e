using System.Net.Http.Json;
using System.Text.Json;

using Platform.Functions.Http;
using Platform.Tests.Fixtures;

namespace Platform.Tests.Contract;

/// <summary>Access tokens for tests, made as users make them.</summary>
internal static class AccessTokens
{
    private const string Route = "api/dev/tokens";

    /// <summary>A token of the user's active organization; null as long as the app has no operation that makes one.</summary>
    public static async Task<string?> OfAsync(TestUser user, params string[] scopes)
    {
        var answer = await user.Client.PostAsJsonAsync($"/{Route}", new { name = $"test {Guid.CreateVersion7()}", scopes, expiresInDays = 1 });
        if (answer.StatusCode is System.Net.HttpStatusCode.NotFound or System.Net.HttpStatusCode.MethodNotAllowed)
            return null;
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, text);
        return JsonSerializer.Deserialize<JsonElement>(text).GetProperty("data").GetProperty("token").GetString()!;
    }

    /// <summary>Holds the absence of tokens against the catalogue, so that a test without one does not pass by mistake.</summary>
    public static void AssertNotServed(IEnumerable<Operation> operations) =>
        Assert.DoesNotContain(operations, operation => operation.Route == Route && operation.Methods.Contains("POST"));
}
