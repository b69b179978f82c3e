using System.Text;

using Platform.Alerts;

namespace Platform.Tests.Alerts;

/// <summary>The language of conditions: what it takes, how it is written canonically, and where its mistakes are.</summary>
public sealed class ConditionParserTests
{
    [Theory]
    [InlineData("avg(a[5m])>1", "avg(a[5m]) > 1")]
    [InlineData(" p95 ( x.y:z/w-v { k = 'v' , l!=\"w\" } [ 90s ] ) <= -1.5e3 ", "p95(x.y:z/w-v{k=\"v\", l!=\"w\"}[90s]) <= -1500")]
    [InlineData("sum(function.errors{function=\"pay\"}[5m]) / sum(function.invocations{function=\"pay\"}[5m]) > 0.05 and count(function.duration[5m]) >= 20", null)]
    [InlineData("count(a[60s]) == 5% || count(a[1h]) != 2k && last(a[24h]) < 3M", "count(a[1m]) == 0.05 or count(a[1h]) != 2000 and last(a[1d]) < 3000000")]
    [InlineData("(avg(a[5m]) > 1)", "avg(a[5m]) > 1")]
    [InlineData("(avg(a[5m]) + 1) * 2 > 3", null)]
    [InlineData("((avg(a[5m])) + (1)) > (3)", "avg(a[5m]) + 1 > 3")]
    [InlineData("avg(a[5m]) - (1 - 2) - 3 > 4 / (2 * 3)", null)]
    [InlineData("1 - 2 - 3 > 4 / 2 / 1", null)]
    [InlineData("not avg(a[5m]) > 1", "not (avg(a[5m]) > 1)")]
    [InlineData("!(avg(a[5m]) > 1 or !avg(b[5m]) > 1)", "not (avg(a[5m]) > 1 or not (avg(b[5m]) > 1))")]
    [InlineData("(1 > 2 or 2 > 3) and 3 > 4", null)]
    [InlineData("not not 1 > 2", "not not (1 > 2)")]
    [InlineData("--1 > -(2 + 3)", null)]
    [InlineData("rate(a{k=~'e[uv]-\\d+', l!~\"x\\\"y\\\\\\\\\"}[7d]) > 5ms", "rate(a{k=~\"e[uv]-\\\\d+\", l!~\"x\\\"y\\\\\\\\\"}[7d]) > 5")]
    [InlineData("min(andy[5m]) > 1 and max(or[5m]) > 1", null)]
    public void Parse_GoodExpressions_AreWrittenCanonically(string text, string? canonical)
    {
        var (condition, problem) = ConditionParser.Parse(text);
        Assert.True(problem is null, $"{problem}");
        Assert.Equal(canonical ?? text, condition!.ToString());
        Assert.Equal(condition.ToString(), ConditionParser.Parse(condition.ToString()).Condition?.ToString());
    }

    [Theory]
    [InlineData("", 0, "a number")]
    [InlineData("avg(a[5m])", 10, "'>'")]
    [InlineData("avg(a[5m]) > ", 13, "a number")]
    [InlineData("avg(a[5m]) > 1 foo", 15, "the end")]
    [InlineData("avg(a[5m]) > 1 and", 18, "'('")]
    [InlineData("mean(a[5m]) > 1", 0, "an aggregation (avg, sum, min, max, count, last, stddev, rate, p50, p90, p95, p99)")]
    [InlineData("avg(1a[5m]) > 1", 4, "the name of a metric")]
    [InlineData("avg(a) > 1", 5, "'['")]
    [InlineData("avg(a[5x]) > 1", 7, "'m'")]
    [InlineData("avg(a[5m) > 1", 8, "']'")]
    [InlineData("avg(a{k}[5m]) > 1", 7, "'=~'")]
    [InlineData("avg(a{k=v}[5m]) > 1", 8, "a string")]
    [InlineData("((avg(a[5m]) + 1 > 2", 20, "')'")]
    [InlineData("(avg(a[5m]) + ) > 2", 14, "a number")]
    [InlineData("(avg(a[5m]) + (b)) > 2", 15, "a number")]
    [InlineData("(1 > 2) > 3", 8, "'and'")]
    [InlineData("1 > 2 > 3", 6, "the end")]
    [InlineData("1 = 2", 2, "'=='")]
    public void Parse_Mistakes_AreFoundWhereTheyAre(string text, int position, string expected)
    {
        var (condition, problem) = ConditionParser.Parse(text);
        Assert.Null(condition);
        Assert.Equal(position, problem!.Position);
        Assert.Contains(expected, problem.Expected);
    }

    [Theory]
    [InlineData("avg(a[9s]) > 1", 6, "window")]
    [InlineData("avg(a[8d]) > 1", 6, "window")]
    [InlineData("avg(a[99999999999d]) > 1", 6, "window")]
    [InlineData("avg(a{k=~\"(\"}[5m]) > 1", 9, "regular")]
    [InlineData("avg(a{k=~\"a)|(b\"}[5m]) > 1", 9, "regular")]
    [InlineData("avg(a{k=~\"(a)\\\\1\"}[5m]) > 1", 9, "regular")]
    [InlineData("avg(a{k=\"x}[5m]) > 1", 8, "no end")]
    [InlineData("1e999 > 1", 0, "too large")]
    public void Parse_WhatIsRefusedByItsMeaning_SaysSo(string text, int position, string word)
    {
        var problem = ConditionParser.Parse(text).Problem!;
        Assert.Equal(position, problem.Position);
        Assert.Contains(word, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_AtTheLimits_IsTakenAndOneAboveRefused()
    {
        Assert.NotNull(ConditionParser.Parse(Nested(20)).Condition);
        Assert.Contains("nested", ConditionParser.Parse(Nested(21)).Problem!.Message, StringComparison.Ordinal);
        Assert.NotNull(ConditionParser.Parse(Calls(10)).Condition);
        Assert.Contains("10 calls", ConditionParser.Parse(Calls(11)).Problem!.Message, StringComparison.Ordinal);
        Assert.NotNull(ConditionParser.Parse("1 > 2".PadRight(1000)).Condition);
        Assert.NotNull(ConditionParser.Parse("1 > 2".PadRight(1001)).Problem);

        static string Nested(int depth) => $"{new string('(', depth)}1{new string(')', depth)} > 0";
        static string Calls(int count) => $"{string.Join(" + ", Enumerable.Repeat("sum(a[5m])", count))} > 0";
    }

    [Fact]
    public void Parse_AnyText_EndsWithACanonicalConditionOrAProblemInside()
    {
        string[] words = ["avg", "(", ")", "a", "[5m]", "{", "k", "=", "=~", "\"x\"", "}", ">", ">=", "1", "5%", "+", "-", "*", "/", "and", "or", "not", "!", " ", ",", "sum(b[1h])", "\"", "\\", "é"];
        var random = new Random(42);
        for (var i = 0; i < 20_000; i++)
        {
            var text = new StringBuilder();
            for (var n = random.Next(20); n > 0; n--)
                text.Append(words[random.Next(words.Length)]);
            var (condition, problem) = ConditionParser.Parse(text.ToString());
            if (problem is not null)
                Assert.InRange(problem.Position, 0, text.Length);
            else
                Assert.Equal(condition!.ToString(), ConditionParser.Parse(condition.ToString()).Condition?.ToString());
        }
    }
}
