using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Options;
using Platform.Outbound;

namespace Platform.Tests.Outbound;

/// <summary>The guarded client against a real server on loopback; names are resolved by the test.</summary>
public sealed class OutboundHttpTests : IAsyncLifetime
{
    private static readonly OutboundCall Follow = new() { MaxRedirects = 3 };

    private readonly Dictionary<string, Queue<IPAddress[]>> _names = [];
    private OutboundTarget _target = null!;

    private int Port => _target.Port;

    public async Task InitializeAsync() => _target = await OutboundTarget.StartAsync();

    public async Task DisposeAsync() => await _target.DisposeAsync();

    [Theory]
    [InlineData("http://127.0.0.1:{0}/")]
    [InlineData("http://localhost:{0}/")]
    [InlineData("http://LOCALHOST.:{0}/")]
    [InlineData("http://2130706433:{0}/")]
    [InlineData("http://0x7f.1:{0}/")]
    [InlineData("http://0177.0.0.1:{0}/")]
    [InlineData("http://127.1:{0}/")]
    [InlineData("http://0:{0}/")]
    [InlineData("http://[::1]:{0}/")]
    [InlineData("http://[::ffff:127.0.0.1]:{0}/")]
    [InlineData("http://[::127.0.0.1]:{0}/")]
    [InlineData("http://[64:ff9b::7f00:1]:{0}/")]
    [InlineData("http://１２７.0.0.1:{0}/")]
    public async Task SendAsync_AnySpellingOfLoopback_IsRefusedWithoutAConnection(string form)
    {
        _names["localhost"] = new([[IPAddress.Loopback, IPAddress.IPv6Loopback]]);
        using var http = Client(new OutboundOptions { AllowHttp = true });

        var failure = await Assert.ThrowsAsync<OutboundException>(() => GetAsync(http, string.Format(form, Port), OutboundCall.Default));

        Assert.Contains(failure.Failure, (OutboundFailure[])[OutboundFailure.Refused, OutboundFailure.Unresolvable]);
        Assert.Empty(_target.Seen);
    }

    [Fact]
    public async Task SendAsync_NameOfAnAllowedHost_ConnectsToTheResolvedAddress()
    {
        _names["service.test"] = new([[IPAddress.Loopback]]);
        using var http = Client(Allowing("service.test"));

        var answer = await GetAsync(http, $"http://service.test:{Port}/hello", OutboundCall.Default);

        Assert.Equal("hello from service.test", Encoding.UTF8.GetString(answer.Body.Span));
        Assert.Equal("text/plain", answer.Headers["content-type"]);
    }

    [Fact]
    public async Task SendAsync_NameRebindsToLoopbackAfterTheCheck_IsRefused()
    {
        _names["rebind.test"] = new([[IPAddress.Parse("93.184.216.34")], [IPAddress.Loopback]]);
        var guard = Guard(new OutboundOptions { AllowHttp = true });
        using var http = new OutboundHttp(guard, TimeProvider.System);
        var url = $"http://rebind.test:{Port}/hello";

        Assert.True((await guard.CheckAsync(url, OutboundPolicy.Default, default)).IsOk);
        var failure = await Assert.ThrowsAsync<OutboundException>(() => GetAsync(http, url, OutboundCall.Default));

        Assert.Equal(OutboundFailure.Refused, failure.Failure);
        Assert.Empty(_target.Seen);
    }

    [Fact]
    public async Task SendAsync_OneOfSeveralAddressesIsAllowed_UsesOnlyThatOne()
    {
        _names["mixed.test"] = new([[IPAddress.Parse("10.0.0.1"), IPAddress.Loopback]]);
        using var http = Client(Allowing($"127.0.0.1:{Port}"));

        var answer = await GetAsync(http, $"http://mixed.test:{Port}/hello", new OutboundCall { Timeout = TimeSpan.FromSeconds(5) });

        Assert.True(answer.IsSuccess);
    }

    [Fact]
    public async Task SendAsync_RedirectNotWanted_IsTheAnswer()
    {
        using var http = Client(Allowing("127.0.0.1"));

        var answer = await GetAsync(http, $"http://127.0.0.1:{Port}/to?http://10.0.0.1/", OutboundCall.Default);

        Assert.Equal(HttpStatusCode.Found, answer.Status);
    }

    [Theory]
    [InlineData("http://10.0.0.1:8080/", OutboundFailure.Refused)]
    [InlineData("http://169.254.169.254/latest/meta-data/", OutboundFailure.Refused)]
    [InlineData("http://[::1]:8080/", OutboundFailure.Refused)]
    [InlineData("file:///etc/passwd", OutboundFailure.Refused)]
    [InlineData("http://user:pass@127.0.0.1/", OutboundFailure.Refused)]
    [InlineData("/to?/to?/to?/to?/hello", OutboundFailure.TooManyRedirects)]
    public async Task SendAsync_RedirectToWhatIsNotAllowed_IsRefused(string target, OutboundFailure expected)
    {
        using var http = Client(Allowing($"127.0.0.1:{Port}"));

        var failure = await Assert.ThrowsAsync<OutboundException>(() => GetAsync(http, $"http://127.0.0.1:{Port}/to?{target}", Follow));

        Assert.Equal(expected, failure.Failure);
    }

    [Fact]
    public async Task SendAsync_RedirectToAnotherOrigin_LeavesCredentialsBehind()
    {
        _names["a.test"] = new([[IPAddress.Loopback]]);
        _names["b.test"] = new([[IPAddress.Loopback]]);
        using var http = Client(Allowing("a.test", "b.test"));
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://a.test:{Port}/to?http://b.test:{Port}/headers");
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer secret");
        request.Headers.TryAddWithoutValidation("X-Api-Key", "secret");
        request.Headers.TryAddWithoutValidation("User-Agent", "test/1");

        var answer = await http.SendAsync(request, Follow, default);

        var text = Encoding.UTF8.GetString(answer.Body.Span);
        Assert.DoesNotContain("secret", text, StringComparison.Ordinal);
        Assert.Contains("test/1", text, StringComparison.Ordinal);
        Assert.Equal(1, answer.Redirects);
    }

    [Fact]
    public async Task SendAsync_PostIsRedirected_BecomesAGetWithoutBody()
    {
        using var http = Client(Allowing("127.0.0.1"));
        using var request = new HttpRequestMessage(HttpMethod.Post, $"http://127.0.0.1:{Port}/to?/method") { Content = new StringContent("body") };

        var answer = await http.SendAsync(request, Follow, default);

        Assert.Equal("GET 0", Encoding.UTF8.GetString(answer.Body.Span));
    }

    [Fact]
    public async Task SendAsync_CompressedBomb_StopsAtTheLimit()
    {
        using var http = Client(Allowing("127.0.0.1"));
        var before = GC.GetTotalAllocatedBytes();

        var failure = await Assert.ThrowsAsync<OutboundException>(() => GetAsync(http, $"http://127.0.0.1:{Port}/bomb", new OutboundCall { MaxBodyBytes = 100_000 }));

        Assert.Equal(OutboundFailure.TooLarge, failure.Failure);
        Assert.InRange(GC.GetTotalAllocatedBytes() - before, 0, 400_000_000); // the bomb unpacks to a gigabyte; the server's part is in this figure
    }

    [Fact]
    public async Task SendAsync_LargeAnswerToBeTruncated_GivesItsBeginning()
    {
        using var http = Client(Allowing("127.0.0.1"));

        var answer = await GetAsync(http, $"http://127.0.0.1:{Port}/large", new OutboundCall { MaxBodyBytes = 10_000, Truncate = true });

        Assert.True(answer.IsTruncated);
        Assert.Equal(10_000, answer.Body.Length);
    }

    [Fact]
    public async Task OpenAsync_StreamedAnswer_IsLimitedWhileReading()
    {
        using var http = Client(Allowing("127.0.0.1"));
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://127.0.0.1:{Port}/large");

        using var response = await http.OpenAsync(request, new OutboundCall { MaxBodyBytes = 10_000 }, default);
        var failure = await Assert.ThrowsAsync<OutboundException>(async () => await (await response.Content.ReadAsStreamAsync()).CopyToAsync(Stream.Null));

        Assert.Equal(OutboundFailure.TooLarge, failure.Failure);
    }

    [Theory]
    [InlineData("/silent")]
    [InlineData("/stalls")]
    public async Task SendAsync_ServerStalls_TimesOut(string path)
    {
        using var http = Client(Allowing("127.0.0.1"));

        var failure = await Assert.ThrowsAsync<OutboundException>(
            () => GetAsync(http, $"http://127.0.0.1:{Port}{path}", new OutboundCall { Timeout = TimeSpan.FromMilliseconds(300) }));

        Assert.Equal(OutboundFailure.Timeout, failure.Failure);
    }

    [Fact]
    public async Task SendAsync_CallerCancels_IsACancellation()
    {
        using var http = Client(Allowing("127.0.0.1"));
        using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://127.0.0.1:{Port}/silent");

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => http.SendAsync(request, OutboundCall.Default, stop.Token));
    }

    [Fact]
    public async Task SendAsync_NobodyListens_IsANetworkFailure()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var free = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        using var http = Client(Allowing("127.0.0.1"));

        var failure = await Assert.ThrowsAsync<OutboundException>(() => GetAsync(http, $"http://127.0.0.1:{free}/", OutboundCall.Default));

        Assert.Equal(OutboundFailure.Network, failure.Failure);
        Assert.DoesNotContain("127.0.0.1", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SendAsync_ProxyInTheEnvironment_IsNotUsed()
    {
        Environment.SetEnvironmentVariable("http_proxy", "http://127.0.0.1:9");
        try
        {
            using var http = Client(Allowing("127.0.0.1"));
            Assert.True((await GetAsync(http, $"http://127.0.0.1:{Port}/hello", OutboundCall.Default)).IsSuccess);
        }
        finally
        {
            Environment.SetEnvironmentVariable("http_proxy", null);
        }
    }

    [Fact]
    public async Task SendAsync_TwoPoliciesForOnePurpose_AreAFault()
    {
        using var http = Client(Allowing("127.0.0.1"));
        await GetAsync(http, $"http://127.0.0.1:{Port}/hello", OutboundCall.Default with { Policy = new OutboundPolicy("git") });

        await Assert.ThrowsAsync<InvalidOperationException>(
            () => GetAsync(http, $"http://127.0.0.1:{Port}/hello", OutboundCall.Default with { Policy = new OutboundPolicy("git") { AnyPort = true } }));
    }

    private static OutboundOptions Allowing(params string[] hosts)
    {
        var options = new OutboundOptions { AllowHttp = true };
        foreach (var host in hosts)
            options.AllowHosts.Add(host);
        return options;
    }

    private OutboundHttp Client(OutboundOptions options) => new(Guard(options), TimeProvider.System);

    private OutboundGuard Guard(OutboundOptions options) => new(Options.Create(options), (host, _) =>
    {
        if (!_names.TryGetValue(host, out var answers))
            throw new SocketException((int)SocketError.HostNotFound);
        return Task.FromResult(answers.Count > 1 ? answers.Dequeue() : answers.Peek());
    });

    private static async Task<OutboundResponse> GetAsync(OutboundHttp http, string url, OutboundCall call)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        return await http.SendAsync(request, call, default);
    }
}
