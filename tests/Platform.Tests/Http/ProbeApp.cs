using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;

using Platform.Tests.Fixtures;

namespace Platform.Tests.Http;

/// <summary>One app with the probes of all families, and a signed-in user; shared by the tests of a class.</summary>
public sealed class ProbeApp : IAsyncLifetime
{
    public PlatformApp App { get; private set; } = null!;

    public TestUser User { get; private set; } = null!;

    public ProbeEffects Effects { get; } = new();

    public async Task InitializeAsync()
    {
        App = await PlatformApp.StartAsync(configure: services => services.AddSingleton(Effects), functions: Probe.Types);
        User = await App.CreateUserAsync();
    }

    public async Task DisposeAsync() => await App.DisposeAsync();

    public Task<HttpResponseMessage> PostAsync(string path, string body, string contentType = "application/json", Action<HttpRequestHeaders>? headers = null) =>
        PostAsync(path, Encoding.UTF8.GetBytes(body), contentType, headers);

    public async Task<HttpResponseMessage> PostAsync(string path, byte[] body, string contentType = "application/json", Action<HttpRequestHeaders>? headers = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = contentType.Length > 0 ? MediaTypeHeaderValue.Parse(contentType) : null;
        headers?.Invoke(request.Headers);
        return await User.Client.SendAsync(request);
    }
}

internal static class Answers
{
    public static async Task<JsonElement> JsonAsync(this HttpResponseMessage answer)
    {
        Assert.Equal("application/json", answer.Content.Headers.ContentType?.MediaType);
        return JsonSerializer.Deserialize<JsonElement>(await answer.Content.ReadAsStringAsync());
    }

    public static string Text(this JsonElement element, string name) => element.GetProperty(name).GetString()!;
}
