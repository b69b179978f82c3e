using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace Platform.SystemTests;

/// <summary>Accounts on a platform that runs as a process of its own.</summary>
internal static class NewUser
{
    private const string Password = "Passw0rd-1";

    /// <summary>Signs up and in; what a client of the new user sends.</summary>
    public static async Task<AuthenticationHeaderValue> SignUpAsync(HttpClient http)
    {
        var name = $"user-{Guid.CreateVersion7():N}";
        (await http.PostAsJsonAsync("/api/v1/auth/register", new { username = name, email = $"{name}@example.com", password = Password })).EnsureSuccessStatusCode();
        using var form = new FormUrlEncodedContent(new Dictionary<string, string> { ["username"] = name, ["password"] = Password });
        using var signedIn = await http.PostAsync(new Uri("/api/v1/auth/login", UriKind.Relative), form);
        return new AuthenticationHeaderValue("Bearer", (await signedIn.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("access_token").GetString()!);
    }
}
