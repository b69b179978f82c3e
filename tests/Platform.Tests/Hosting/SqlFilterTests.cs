using EmbeddedFunctions.Broker.Filters;
using EmbeddedFunctions.Hosting;

namespace Platform.Tests.Hosting;

public sealed class SqlFilterTests
{
    private static readonly OutgoingMessage Message = new(ReadOnlyMemory<byte>.Empty)
    {
        MessageId = "m1",
        Subject = "order",
        ApplicationProperties = new Dictionary<string, object>
        {
            ["n"] = 7,
            ["half"] = 0.5,
            ["text"] = "it's 100%",
            ["yes"] = true,
            ["odd name"] = "x",
            ["at"] = DateTimeOffset.UnixEpoch,
        },
    };

    [Theory]
    [InlineData("n = 7")]
    [InlineData("N = 7.0 AND user.n <> 8")]
    [InlineData("n > half AND n >= 7 AND n < 8 AND n <= 7 AND n != 6")]
    [InlineData("n + 1 * 2 = 9 AND (n + 1) * 2 = 16 AND n % 4 = 3 AND -n < 0")]
    [InlineData("text = 'it''s 100%'")]
    [InlineData("text LIKE '%''s 1__!%' ESCAPE '!'")]
    [InlineData("text NOT LIKE 'It%'")]
    [InlineData("sys.Label = 'order' AND sys.MessageId IN ('a', 'm1')")]
    [InlineData("n NOT IN (1, 2) OR nothing = 1")]
    [InlineData("yes AND yes = TRUE AND NOT yes = FALSE")]
    [InlineData("nothing IS NULL AND n IS NOT NULL AND sys.To IS NULL")]
    [InlineData("EXISTS(n) AND NOT EXISTS([nothing])")]
    [InlineData("[odd name] = 'x' AND \"odd name\" = 'x' AND property('odd name') = 'x'")]
    [InlineData("text + '!' = 'it''s 100%!'")]
    [InlineData("1=1")]
    public void Compile_TrueForTheMessage_Fits(string sql) => Assert.True(SqlFilter.Compile(sql)(Message));

    [Theory]
    [InlineData("nothing = 1")]
    [InlineData("NOT nothing = 1")]
    [InlineData("nothing <> 1")]
    [InlineData("nothing NOT IN (1)")]
    [InlineData("nothing NOT LIKE 'a'")]
    [InlineData("n = '7'")]
    [InlineData("n = NULL")]
    [InlineData("text = 'IT''S 100%'")]
    [InlineData("n")]
    [InlineData("nothing = 1 AND 1=1")]
    [InlineData("n / 0 = 1 OR n % 0 = 1")]
    public void Compile_FalseOrUnknownForTheMessage_DoesNotFit(string sql) => Assert.False(SqlFilter.Compile(sql)(Message));

    [Theory]
    [InlineData("")]
    [InlineData("n =")]
    [InlineData("n = 'open")]
    [InlineData("(n = 1")]
    [InlineData("n = 1 n = 2")]
    [InlineData("sys.Nothing = 1")]
    [InlineData("n = 1; DROP TABLE messages")]
    [InlineData("n NOT 1")]
    [InlineData("n IN ()")]
    [InlineData("n = @p")]
    public void Compile_WrongExpression_SaysWhere(string sql) => Assert.Throws<FormatException>(() => SqlFilter.Compile(sql));

    [Fact]
    public void Compile_TooLong_IsRefused() => Assert.Throws<FormatException>(() => SqlFilter.Compile(new string('(', 2000)));
}
