using System.Net;
using System.Text.Json;

namespace Platform.Tests.Http;

public sealed class RequestQueryTests(ProbeApp probes) : IClassFixture<ProbeApp>
{
    [Theory]
    [InlineData("?limit=0", "query.limit greater_than_equal")]
    [InlineData("?limit=101", "query.limit less_than_equal")]
    [InlineData("?limit=ten", "query.limit int_parsing")]
    [InlineData("?limit=1.5", "query.limit int_parsing")]
    [InlineData("?limit=99999999999", "query.limit int_parsing")]
    [InlineData("?limit=5&limit=0", "query.limit greater_than_equal")]
    [InlineData("?start_time=2026-01-02&end_time=2026-01-01", "query.start_time value_error")]
    [InlineData("?start_time=soon", "query.start_time datetime_parsing")]
    [InlineData("?colour=blue", "query.colour enum")]
    [InlineData("?colour=1", "query.colour enum")]
    [InlineData("?colours=green,blue", "query.colours.1 enum")]
    [InlineData("?types=a%00b", "query.types.0 value_error")]
    [InlineData("?types=a,b,c,d", "query.types value_error")]
    [InlineData("?deep=perhaps", "query.deep bool_parsing")]
    [InlineData("?share=NaN", "query.share float_parsing")]
    [InlineData("?id=7", "query.id value_error")]
    [InlineData("?word=toolong", "query.word string_too_long")]
    [InlineData("?page_size=x", "query.page_size int_parsing")]
    [InlineData("?limit=0&colour=blue", "query.colour enum", "query.limit greater_than_equal")]
    public async Task Get_QueryThatDoesNotFit_NamesEveryProblem(string query, params string[] problems)
    {
        var answer = await probes.User.Client.GetAsync($"/api/v1/probe/query{query}");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        Assert.Equal(problems, (await answer.JsonAsync()).GetProperty("detail").EnumerateArray().Select(Describe).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("", """{"limit":20,"start_time":null,"end_time":null,"types":[],"colour":null,"colours":[],"deep":false,"share":null,"page_size":200,"id":null,"word":null}""")]
    [InlineData("?limit=&word=&unknown=1", """{"limit":20,"start_time":null,"end_time":null,"types":[],"colour":null,"colours":[],"deep":false,"share":null,"page_size":200,"id":null,"word":""}""")]
    [InlineData("?types=a,b", """["a","b"]""", "types")]
    [InlineData("?types=a&types=b", """["a","b"]""", "types")]
    [InlineData("?types[]=a&types[]=b", """["a","b"]""", "types")]
    [InlineData("?types=,", "[]", "types")]
    [InlineData("?start_time=2026-01-01T00:00:00+02:00", "\"2025-12-31T22:00:00.000Z\"", "start_time")]
    [InlineData("?colours=green,dark_red", """["green","dark_red"]""", "colours")]
    [InlineData("?deep=YES", "true", "deep")]
    [InlineData("?share=0.25", "0.25", "share")]
    [InlineData("?page_size=0", "1", "page_size")]
    [InlineData("?size=99999999999", "500", "page_size")]
    [InlineData("?size=7&page_size=8", "8", "page_size")]
    [InlineData("?limit=1&limit=2", "2", "limit")]
    [InlineData("?word=a%27+%C3%A9", "\"a' é\"", "word")]
    public async Task Get_GoodQuery_IsReadWithItsDefaults(string query, string expected, string? member = null)
    {
        var answer = await probes.User.Client.GetAsync($"/api/v1/probe/query{query}");

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var json = await answer.JsonAsync();
        Assert.Equal(expected, (member is null ? json : json.GetProperty(member)).GetRawText());
    }

    [Fact]
    public async Task Get_QueryThatTheOperationDoesNotDeclare_IsAFault() =>
        Assert.Equal(HttpStatusCode.InternalServerError, (await probes.User.Client.GetAsync("/api/v1/probe/undeclared")).StatusCode);

    private static string Describe(JsonElement problem) => $"{string.Join('.', problem.GetProperty("loc").EnumerateArray().Select(part => part.ToString()))} {problem.Text("type")}";
}
