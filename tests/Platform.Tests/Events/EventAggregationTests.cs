using System.Text.Json;

using Platform.Data;
using Platform.Events;
using Platform.Identity;
using Platform.Tests.Fixtures;

using static Platform.Tests.Events.EventLab;

namespace Platform.Tests.Events;

/// <summary>The interpreter of pipelines: what each stage and operator makes of stored events.</summary>
public sealed class EventAggregationTests(PostgresServer postgres) : IClassFixture<PostgresServer>
{
    private static readonly DateTimeOffset Start = new(2026, 1, 20, 10, 30, 0, TimeSpan.Zero);
    private const string Tags = ",\"tags\":[\"a\",\"b\"]";

    private static readonly Guid Alice = Guid.Parse("01900000-0000-7000-8000-00000000000a");
    private static readonly Guid Bob = Guid.Parse("01900000-0000-7000-8000-00000000000b");

    /// <summary>Pipeline, and what comes out of the five events that <see cref="CreateAsync"/> stores (n 1 to 5, a second apart; 1, 3 and 5 are Alice's).</summary>
    public static TheoryData<string, string> Pipelines => new()
    {
        { """[{"$match":{"payload.n":{"$gt":1,"$lte":3}}},{"$count":"found"}]""", """[{"found":2}]""" },
        { """[{"$match":{"payload.n":{"$in":[1,5,7]}}},{"$project":{"_id":0,"payload.n":1}}]""", """[{"payload":{"n":1}},{"payload":{"n":5}}]""" },
        { """[{"$match":{"payload.n":{"$nin":[1,2,3,4]},"payload.none":{"$exists":false}}},{"$project":{"n":"$payload.n","_id":0}}]""", """[{"n":5}]""" },
        { """[{"$match":{"$or":[{"payload.n":1},{"$and":[{"payload.n":2},{"event_type":"pod_created"}]}],"$nor":[{"payload.n":9}]}},{"$count":"c"}]""", """[{"c":2}]""" },
        { """[{"$match":{"payload.text":{"$regex":"^TWO","$options":"i"}}},{"$count":"c"}]""", """[{"c":1}]""" },
        { """[{"$match":{"payload.text":{"$not":{"$regex":"o"}}}},{"$count":"c"}]""", """[{"c":2}]""" },
        { """[{"$match":{"payload.tags":"b"}},{"$count":"c"}]""", """[{"c":1}]""" },
        { """[{"$match":{"payload.tags.1":"b"}},{"$count":"c"}]""", """[{"c":1}]""" },
        { """[{"$match":{"payload.missing":null}},{"$count":"c"}]""", """[{"c":5}]""" },
        { """[{"$match":{"payload.n":{"$ne":1,"$eq":2.0}}},{"$count":"c"}]""", """[{"c":1}]""" },
        { """[{"$match":{"payload.n":{"$gt":"0"}}},{"$count":"c"}]""", "[]" },
        { """[{"$match":{"timestamp":{"$gt":"2026-01-20T11:30:01+01:00","$lt":"2026-01-20T10:30:04.0005Z"}}},{"$count":"c"}]""", """[{"c":3}]""" },
        { """[{"$match":{"timestamp":"2026-01-20T10:30:00Z"}},{"$count":"c"}]""", """[{"c":1}]""" },
        { """[{"$match":{"metadata.user_id":"01900000-0000-7000-8000-00000000000a","event_type":{"$in":["execution_accepted","pod_created"]}}},{"$count":"c"}]""", """[{"c":3}]""" },
        { """[{"$match":{"metadata.user_id":"nobody"}},{"$count":"c"}]""", "[]" },
        { """[{"$match":{"event_type":{"$in":[]}}},{"$count":"c"}]""", "[]" },
        { """[{"$group":{"_id":null,"sum":{"$sum":"$payload.n"},"avg":{"$avg":"$payload.n"},"min":{"$min":"$payload.text"},"max":{"$max":"$payload.n"},"first":{"$first":"$payload.n"},"last":{"$last":"$payload.n"},"all":{"$push":"$payload.n"},"set":{"$addToSet":"$event_type"},"n":{"$sum":1}}}]""",
            """[{"_id":null,"sum":15,"avg":3,"min":"five","max":5,"first":1,"last":5,"all":[1,2,3,4,5],"set":["execution_accepted","pod_created"],"n":5}]""" },
        { """[{"$group":{"_id":{"user":"$metadata.user_id","day":{"$dateToString":{"format":"%Y/%m/%d %H:%M 100%%","date":"$timestamp"}}},"n":{"$sum":1}}},{"$sort":{"n":-1}},{"$limit":1}]""",
            """[{"_id":{"user":"01900000-0000-7000-8000-00000000000a","day":"2026/01/20 10:30 100%"},"n":3}]""" },
        { """[{"$sort":{"event_type":-1,"payload.n":-1}},{"$skip":1},{"$limit":2},{"$project":{"_id":0,"n":"$payload.n"}}]""", """[{"n":5},{"n":4}]""" },
        { """[{"$sort":{"timestamp":-1}},{"$project":{"_id":0,"n":"$payload.n"}}]""", """[{"n":5},{"n":4},{"n":3},{"n":2},{"n":1}]""" },
        { """[{"$match":{"payload.n":1}},{"$unwind":"$payload.tags"},{"$project":{"_id":0,"tag":"$payload.tags"}}]""", """[{"tag":"a"},{"tag":"b"}]""" },
        { """[{"$unwind":{"path":"$payload.tags","preserveNullAndEmptyArrays":true}},{"$count":"c"}]""", """[{"c":6}]""" },
        { """[{"$match":{"payload.n":2}},{"$addFields":{"payload.n":7,"more.deep":"$payload.n"}},{"$project":{"_id":0,"payload.n":1,"more":1}}]""", """[{"payload":{"n":7},"more":{"deep":2}}]""" },
        { """[{"$limit":1},{"$project":{"_id":0,"event_id":0,"timestamp":0,"stored_at":0,"ttl_expires_at":0,"metadata":0,"payload":{"text":0,"tags":0},"correlation_id":0}}]""",
            """[{"event_type":"execution_accepted","event_version":"1.0","aggregate_id":"agg","causation_id":null,"payload":{"n":1},"status":null,"error":null}]""" },
        { """[{"$limit":1},{"$project":{"_id":0,"a":{"$add":[1,2.5,"$payload.n"]},"s":{"$subtract":["$payload.n",3]},"m":{"$multiply":[2,3]},"d":{"$divide":[1,4]},"z":{"$divide":[1,0]},"o":{"$add":[9223372036854775807,1]}}}]""",
            """[{"a":4.5,"s":-2,"m":6,"d":0.25,"z":null,"o":9.223372036854776E+18}]""" },
        { """[{"$limit":1},{"$project":{"_id":0,"c":{"$concat":["$payload.text","-",{"$toString":1}]},"u":{"$toUpper":"$payload.text"},"l":{"$toLower":"ABC"},"sub":{"$substr":["abcdef",1,3]},"rest":{"$substr":["abc",2,-1]},"none":{"$concat":["a",null]}}}]""",
            """[{"c":"one-1","u":"ONE","l":"abc","sub":"bcd","rest":"c","none":null}]""" },
        { """[{"$limit":1},{"$project":{"_id":0,"i":{"$ifNull":["$payload.none","else"]},"y":{"$cond":[{"$gt":["$payload.n",0]},"yes","no"]},"w":{"$cond":{"if":{"$lt":["$timestamp","2026-01-20T10:30:00Z"]},"then":1,"else":2}},"e":{"$eq":["$payload.none",null]},"size":{"$size":"$payload.tags"}}}]""",
            """[{"i":"else","y":"yes","w":2,"e":true,"size":2}]""" },
        { """[{"$limit":1},{"$project":{"_id":0,"h":{"$hour":"$timestamp"},"d":{"$dayOfMonth":"$timestamp"},"m":{"$month":"$timestamp"},"y":{"$year":"2025-06-01"},"later":{"$add":["$timestamp",1500]},"ms":{"$subtract":["$ttl_expires_at","$stored_at"]}}}]""",
            """[{"h":10,"d":20,"m":1,"y":2025,"later":"2026-01-20T10:30:01.500Z","ms":7776000000}]""" },
        { """[{"$project":{"_id":"$payload.n"}},{"$group":{"_id":"$_id"}},{"$count":"groups"}]""", """[{"groups":5}]""" },
        { """[{"$match":{"payload.n":99}},{"$group":{"_id":null,"n":{"$sum":1}}}]""", "[]" },
    };

    private static readonly string[] Refused =
    [
        """[{"$match":{"payload.n":{"$mod":[2,0]}}}]""", """[{"$match":{"$expr":{}}}]""", """[{"$match":{"a":{"$regex":"("}}}]""", """[{"$match":{"a":{"$regex":"a","$options":"x"}}}]""", """[{"$match":{"a":{"$options":"i"}}}]""",
        """[{"$match":{"a..b":1}}]""", """[{"$match":5}]""", """[{"$match":{"$or":[]}}]""", """[{"$group":{"n":{"$sum":1}}}]""", """[{"$group":{"_id":null,"n":1}}]""", """[{"$group":{"_id":"$$ROOT"}}]""",
        """[{"$project":{"a":1,"b":0}}]""", """[{"$project":{}}]""", """[{"$project":{"a":1,"a.b":1}}]""", """[{"$addFields":{"a":{"$gte":[1,2]}}}]""", """[{"$addFields":{"a":{"$add":[1],"b":2}}}]""", """[{"$addFields":{"a":{"$divide":[1]}}}]""",
        """[{"$addFields":{"a":{"$dateToString":{"format":"%Q","date":"$timestamp"}}}}]""", """[{"$sort":{}}]""", """[{"$sort":{"a":2}}]""", """[{"$skip":-1}]""", """[{"$limit":1.5}]""", """[{"$count":"$x"}]""", """[{"$unwind":"a"}]""", """[{"$unwind":{"path":"$a","includeArrayIndex":"i"}}]""",
        """[{"$match":{},"$limit":1}]""", """[{"$match":{"a":{"$not":{"b":{"$not":{"$not":{"$not":{"$not":{"$not":{"$not":{"$not":1}}}}}}}}}}}]""",
    ];

    [Theory]
    [MemberData(nameof(Pipelines))]
    public async Task Run_OnSqlite_GivesWhatMongoWould(string pipeline, string expected)
    {
        await using var database = await TestDatabase.CreateAsync();
        Assert.Equal(expected, await RunAsync(await FilledAsync(database), pipeline));
    }

    [Fact]
    public async Task Run_OnPostgres_GivesTheSame()
    {
        await using var database = await FilledAsync(await TestDatabase.CreatePostgresAsync(await postgres.CreateMigratedDatabaseAsync()));
        foreach (var row in Pipelines)
            Assert.Equal((string)row[1], await RunAsync(database, (string)row[0]));
    }

    [Fact]
    public async Task Run_WhatIsNotKnown_IsRefused()
    {
        await using var database = await FilledAsync(await TestDatabase.CreateAsync());
        foreach (var pipeline in Refused)
        {
            var result = await ResultAsync(database, pipeline);
            Assert.True(result is { IsOk: false, Error.Kind: ErrorKind.Invalid }, pipeline);
        }
    }

    [Fact]
    public async Task Run_LargeAndDeepPipelines_AreRefused()
    {
        await using var database = await TestDatabase.CreateAsync();
        Assert.Contains("65536 bytes", (await ResultAsync(database, $$$"""[{"$match":{"a":"{{{new string('x', 66_000)}}}"}}]""")).Error!.Message, StringComparison.Ordinal);
        var deep = string.Concat(Enumerable.Repeat("""{"a":""", 9)) + "1" + new string('}', 9);
        Assert.True((await ResultAsync(database, $$$"""[{"$match":{{{deep}}}}]""")).IsOk);
        Assert.Contains("deeper than 10", (await ResultAsync(database, $$$"""[{"$match":{"b":{{{deep}}}}}]""")).Error!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_PatternThatNeverEnds_IsRefused()
    {
        await using var database = await TestDatabase.CreateAsync();
        await StoreAsync(database, Draft(Alice, payload: $$"""{"text":"{{new string('a', 40)}}!"}"""));
        var result = await ResultAsync(database, """[{"$match":{"payload.text":{"$regex":"^(a+)+$"}}}]""");
        Assert.Contains("'$regex'", result.Error!.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"$concat":["$A","$A","$A","$A","$A","$A","$A","$A","$A","$A"]}""")]
    [InlineData("""["$A","$A","$A","$A","$A","$A","$A","$A","$A","$A"]""")]
    [InlineData("""{"a":"$A","b":"$A","c":"$A","d":"$A","e":"$A","f":"$A","g":"$A","h":"$A"}""")]
    public async Task Run_ValuesThatGrowWithoutEnd_AreRefused(string growth)
    {
        await using var database = await TestDatabase.CreateAsync();
        await StoreAsync(database, Draft(Alice));
        var stages = Enumerable.Range(1, 15).Select(i => $$$"""{"$addFields":{"v{{{i}}}":{{{growth.Replace("$A", i == 1 ? "$event_type" : $"$v{i - 1}", StringComparison.Ordinal)}}}}}""");
        var result = await ResultAsync(database, $"[{string.Join(',', stages)}]");
        Assert.Contains("too large", result.Error!.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Run_MoreThanAHundredThousandEvents_AsksForLess(bool onPostgres)
    {
        await using var database = onPostgres ? await TestDatabase.CreatePostgresAsync(await postgres.CreateMigratedDatabaseAsync()) : await TestDatabase.CreateAsync();
        for (var i = 0; i < 10; i++)
            await StoreAsync(database, [.. Enumerable.Range(0, 10_001).Select(n => Draft(Alice, n < 10_000 ? "pod_created" : "pod_deleted", at: Start.AddSeconds(i)))]);

        var all = await ResultAsync(database, """[{"$group":{"_id":null,"n":{"$sum":1}}}]""");
        Assert.Equal(("Narrow the time range", ErrorKind.Invalid), (all.Error!.Message, all.Error.Kind));
        Assert.Equal("""[{"n":10}]""", await RunAsync(database, """[{"$match":{"event_type":"pod_deleted"}},{"$count":"n"}]"""));
        Assert.Equal("""[{"n":100000}]""", await RunAsync(database, """[{"$match":{"event_type":"pod_created"}},{"$count":"n"}]"""));
        Assert.Equal("""[{"n":10001}]""", await RunAsync(database, """[{"$match":{"timestamp":{"$gte":"2026-01-20T10:30:09Z"}}},{"$count":"n"}]"""));
        Assert.Equal("""[{"timestamp":"2026-01-20T10:30:09.000Z"}]""", await RunAsync(database, """[{"$sort":{"timestamp":-1}},{"$limit":1},{"$project":{"_id":0,"timestamp":1}}]"""));
    }

    [Fact]
    public async Task Run_ForAUser_SeesHisEventsOnly()
    {
        await using var database = await FilledAsync(await TestDatabase.CreateAsync());
        await using var scope = database.As(TestCallers.User(Bob));
        var result = await scope.Get<EventAggregation>().RunAsync(Parse("""[{"$count":"n"}]"""), 10, CancellationToken.None);
        Assert.Equal(2, Assert.Single(result.Value).GetProperty("n").GetInt32());
    }

    [Fact]
    public async Task Run_LimitOfTheRequest_IsTheLastStage()
    {
        await using var database = await FilledAsync(await TestDatabase.CreateAsync());
        await using var scope = database.As(Caller.Platform);
        var result = await scope.Get<EventAggregation>().RunAsync(Parse("""[{"$sort":{"payload.n":-1}}]"""), 2, CancellationToken.None);
        Assert.Equal([5, 4], result.Value.Select(found => found.GetProperty("payload").GetProperty("n").GetInt32()));
        Assert.Equal(["_id", "event_id"], result.Value[0].EnumerateObject().Take(2).Select(member => member.Name));
    }

    private static async Task<TestDatabase> FilledAsync(TestDatabase database)
    {
        string[] texts = ["one", "two", "three", "four", "five"];
        await StoreAsync(database, [.. texts.Select((text, i) => Draft(
            i % 2 == 0 ? Alice : Bob, i == 1 ? "pod_created" : "execution_accepted", "agg", $$$"""{"n":{{{i + 1}}},"text":"{{{text}}}"{{{(i == 0 ? Tags : "")}}}}""", at: Start.AddSeconds(i)))]);
        return database;
    }

    private static async Task StoreAsync(TestDatabase database, params EventDraft[] drafts)
    {
        await using var scope = database.As(Caller.Platform);
        foreach (var draft in drafts)
            scope.Db.Raise(draft);
        await scope.Db.SaveChangesAsync();
    }

    private static async Task<string> RunAsync(TestDatabase database, string pipeline) => JsonSerializer.Serialize((await ResultAsync(database, pipeline)).Value, JsonColumn.Options);

    private static async Task<Result<IReadOnlyList<JsonElement>>> ResultAsync(TestDatabase database, string pipeline)
    {
        await using var scope = database.As(Caller.Platform);
        return await scope.Get<EventAggregation>().RunAsync(Parse(pipeline), 100, CancellationToken.None);
    }

    private static List<JsonElement> Parse(string pipeline) => JsonSerializer.Deserialize<List<JsonElement>>(pipeline)!;
}
