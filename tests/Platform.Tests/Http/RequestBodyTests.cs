using System.Net;
using System.Text;
using System.Text.Json;

namespace Platform.Tests.Http;

public sealed class RequestBodyTests(ProbeApp probes) : IClassFixture<ProbeApp>
{
    private const string Path = "/api/v1/probe";

    public static TheoryData<string, string[]> Misfits => new()
    {
        { """{"number":1}""", ["body.word missing"] },
        { """{}""", ["body.word missing", "body.number missing"] },
        { """{"word":null,"number":1}""", ["body.word value_error"] },
        { """{"word":5,"number":"x"}""", ["body.word value_error", "body.number int_parsing"] },
        { """{"word":5,"number":99}""", ["body.word value_error", "body.number less_than_equal"] },
        { """{"word":"a","number":0}""", ["body.word string_too_short", "body.number greater_than_equal"] },
        { """{"word":"toolong","number":1}""", ["body.word string_too_long"] },
        { """{"word":"ab","number":1.5}""", ["body.number int_parsing"] },
        { """{"word":"ab","number":99999999999}""", ["body.number int_parsing"] },
        { """{"word":"ab","number":1,"colour":"blue"}""", ["body.colour enum"] },
        { """{"word":"ab","number":1,"colour":1}""", ["body.colour enum"] },
        { """{"word":"ab","number":1,"at":"yesterday"}""", ["body.at datetime_parsing"] },
        { """{"word":"ab","number":1,"items":{}}""", ["body.items value_error"] },
        { """{"word":"ab","number":1,"items":[{"name":"abc","count":1},{"name":"abcd","count":1}]}""", ["body.items.1.name string_too_long"] },
        { """{"word":"ab","number":1,"items":[{"name":"abc"},7]}""", ["body.items.0.count missing", "body.items.1 value_error"] },
        { """{"word":"no","number":1}""", ["body.number value_error"] },
        { """[]""", ["body value_error"] },
        { """null""", ["body value_error"] },
        { """{"word":"a\u0000b","number":1}""", ["body.word value_error"] },
        { """{"word":"ab","number":1,"anything":{"deep":["x\u0000"]}}""", ["body.anything.deep.0 value_error"] },
        { """{"word":"\ud800","number":1}""", ["body.word value_error"] },
        { """{"word":"ab","number":1,}""", ["body json_invalid"] },
        { """{"word":"ab","number":1} x""", ["body json_invalid"] },
        { """{"word":"ab","word":"cd","number":1}""", ["body json_invalid"] },
        { """{"word":"ab","number":NaN}""", ["body json_invalid"] },
        { """{"word":"ab","number":1/*c*/}""", ["body json_invalid"] },
        { """{"word":"ab""", ["body json_invalid"] },
        { "", ["body missing"] },
    };

    [Theory]
    [MemberData(nameof(Misfits))]
    public async Task Post_BodyThatDoesNotFit_NamesEveryProblem(string body, string[] problems)
    {
        var answer = await probes.PostAsync(Path, body);

        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        var detail = (await answer.JsonAsync()).GetProperty("detail").EnumerateArray().Select(Describe).ToArray();
        Assert.Equal(problems, detail);
    }

    [Fact]
    public async Task Post_TooDeepOrNotUtf8_IsMalformed()
    {
        var deep = """{"word":"ab","number":1,"anything":{"a":""" + new string('[', 70) + new string(']', 70) + "}}";
        byte[] notUtf8 = [.. "{\"word\":\"a"u8, 0xC3, 0x28, .. "\",\"number\":1}"u8];

        foreach (var answer in new[] { await probes.PostAsync(Path, deep), await probes.PostAsync(Path, notUtf8) })
        {
            Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
            Assert.Equal("body json_invalid", Describe((await answer.JsonAsync()).GetProperty("detail")[0]));
        }
    }

    [Fact]
    public async Task Post_TooLarge_Is413WhetherAnnouncedOrStreamed()
    {
        var large = new byte[(10 * 1024 * 1024) + 1];
        Array.Fill(large, (byte)' ');
        using var streamed = new HttpRequestMessage(HttpMethod.Post, Path) { Content = new StreamContent(new MemoryStream(large)) };
        streamed.Headers.TransferEncodingChunked = true;

        foreach (var answer in new[] { await probes.PostAsync(Path, large), await probes.User.Client.SendAsync(streamed) })
        {
            Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
            Assert.Equal("Request too large. Maximum size is 10MB", (await answer.JsonAsync()).Text("detail"));
        }
    }

    [Fact]
    public async Task Post_ExactlyTheLimit_IsRead()
    {
        var body = Encoding.UTF8.GetBytes("""{"word":"ab","number":1}""".PadRight(10 * 1024 * 1024));
        Assert.Equal(HttpStatusCode.OK, (await probes.PostAsync(Path, body)).StatusCode);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    public async Task Post_NothingWhereAllIsOptional_CountsAsEmptyObject(string body)
    {
        var answer = await probes.PostAsync("/api/v1/probe/optional", body, body.Length == 0 ? "" : "application/json");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(JsonValueKind.Null, (await answer.JsonAsync()).GetProperty("word").ValueKind);
    }

    [Fact]
    public async Task Post_GoodBody_IsReadAndAnsweredInSnakeCase()
    {
        var answer = await probes.PostAsync(Path, """{"word":"ab","number":3,"colour":"dark_red","at":"2026-01-02T03:04:05.678912+02:00","unknown":[1]}""");

        var json = await answer.JsonAsync();
        Assert.Equal("ab", json.Text("word_of_mine"));
        Assert.Equal("dark_red", json.Text("colour"));
        Assert.Equal("2026-01-02T01:04:05.678Z", json.Text("at"));
    }

    private static string Describe(JsonElement problem) => $"{string.Join('.', problem.GetProperty("loc").EnumerateArray().Select(part => part.ToString()))} {problem.Text("type")}";
}
