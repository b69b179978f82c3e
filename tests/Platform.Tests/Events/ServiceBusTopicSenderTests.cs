using System.Text.Json;

using Azure;
using Azure.Core;
using Azure.Core.Pipeline;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

using Platform.Events;

namespace Platform.Tests.Events;

public sealed class ServiceBusTopicSenderTests : IAsyncLifetime
{
    private readonly List<(string Path, string? Type, string Body)> _requests = [];
    private readonly Queue<int> _answers = new();
    private WebApplication _server = null!;

    public async Task InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        _server = builder.Build();
        _server.Map("/{**path}", async (HttpContext http) =>
        {
            using var reader = new StreamReader(http.Request.Body);
            _requests.Add(($"{http.Request.Method} {http.Request.Path}", http.Request.ContentType, await reader.ReadToEndAsync()));
            http.Response.StatusCode = _answers.TryDequeue(out var status) ? status : 201;
        });
        _server.Urls.Add("http://127.0.0.1:0");
        await _server.StartAsync();
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task Send_Messages_PostsABatchInTheServicesFormat()
    {
        await Sender().SendAsync("platform-events", [new TopicMessage("id-1", "execution_completed", "{\"a\":\"ü\"}") { CorrelationId = "c", Properties = new Dictionary<string, object> { ["sequence"] = 7L } }], CancellationToken.None);
        var (path, type, body) = Assert.Single(_requests);
        Assert.Equal("POST /platform-events/messages", path);
        Assert.Equal("application/vnd.microsoft.servicebus.json", type);
        var message = JsonDocument.Parse(body).RootElement[0];
        Assert.Equal("{\"a\":\"ü\"}", message.GetProperty("Body").GetString());
        Assert.Equal(("id-1", "execution_completed", "c"), (
            message.GetProperty("BrokerProperties").GetProperty("MessageId").GetString(),
            message.GetProperty("BrokerProperties").GetProperty("Label").GetString(),
            message.GetProperty("BrokerProperties").GetProperty("CorrelationId").GetString()));
        Assert.Equal(7, message.GetProperty("UserProperties").GetProperty("sequence").GetInt32());
    }

    [Fact]
    public async Task Send_MoreThanFitsABatch_IsCutAndKeepsTheOrder()
    {
        var messages = Enumerable.Range(0, 300).Select(i => new TopicMessage($"{i}", "t", new string('x', 1000))).ToList();
        await Sender().SendAsync("platform-events", messages, CancellationToken.None);
        Assert.True(_requests.Count > 1);
        Assert.All(_requests, r => Assert.True(r.Body.Length < 256_000));
        var ids = _requests.SelectMany(r => JsonDocument.Parse(r.Body).RootElement.EnumerateArray().Select(m => m.GetProperty("BrokerProperties").GetProperty("MessageId").GetString()));
        Assert.Equal(messages.Select(m => m.Id), ids);
    }

    [Fact]
    public async Task Send_ServiceRefuses_Throws()
    {
        _answers.Enqueue(401);
        var refusal = await Assert.ThrowsAsync<RequestFailedException>(() => Sender().SendAsync("platform-events", [new TopicMessage("1", "t", "{}")], CancellationToken.None));
        Assert.Equal(401, refusal.Status);
    }

    private ServiceBusTopicSender Sender() => new(new Uri(_server.Urls.First()), HttpPipelineBuilder.Build(new Options()));

    private sealed class Options : ClientOptions;
}
