using Microsoft.EntityFrameworkCore;

using Platform.Audit;
using Platform.Data;
using Platform.Identity;
using Platform.Tests.Fixtures;

namespace Platform.Tests.Audit;

public sealed class AuditChainTests(PostgresServer postgres) : IClassFixture<PostgresServer>
{
    /// <summary>Computed by a program of its own from the description at <see cref="AuditHash"/>: what was hashed once must stay so for ever.</summary>
    [Fact]
    public void Hash_OfAKnownEntry_IsTheOneComputedElsewhere()
    {
        var entry = new AuditEntry
        {
            Id = Guid.Parse("01900000-0000-7000-8000-000000000001"),
            Chain = Guid.Parse("01900000-0000-7000-8000-0000000000aa"),
            Timestamp = new DateTimeOffset(2026, 3, 1, 13, 0, 0, 5, TimeSpan.FromHours(1)),
            OrganizationId = Guid.Parse("01900000-0000-7000-8000-0000000000aa"),
            ActorId = Guid.Parse("01900000-0000-7000-8000-0000000000bb"),
            ActorType = AuditActor.User,
            ActorName = "not hashed",
            Action = "role.update",
            ResourceType = "role",
            ResourceId = "r1",
            ResourceName = "Gr\u00fc\u00dfe \U0001F600",
            Outcome = AuditOutcome.Success,
            IpAddress = "not hashed",
            UserAgent = "not hashed",
            RequestId = "req_1",
        };
        entry.Add(new AuditChange("name", "a\"b\\c\n\u0001/\u00e9", 2.50m));
        entry.Note("zeta", new { b = (string?)null, a = new[] { true, false } });
        entry.Note("alpha", "\u2028");
        entry.Link(7, AuditChain.Origin);

        Assert.Equal("3df9c756a900508f275084afd444751f74b3da0e0037c8062f4e652bffe4db90", entry.Hash);
    }

    [Theory]
    [InlineData("""{ "b" : 1.50, "a": [ ] , "a\u0062": "\u00e9\/\u0007" }""", "{\"a\":[],\"ab\":\"é/\\u0007\",\"b\":1.50}")]
    [InlineData("[null, true, \"\\ud83d\\ude00\", -1e3]", "[null,true,\"😀\",-1e3]")]
    public void CanonicalJson_OfAnySpelling_IsOne(string json, string canonical) => Assert.Equal(canonical, CanonicalJson.Of(json));

    [Fact]
    public async Task Walk_RetentionRemovesWhatIsAhead_GoesOnBehindTheNewAnchor()
    {
        await using var lab = await AuditLab.CreateAsync();
        var entries = await lab.EntriesAsync(await lab.ChainAsync(4));
        var ends = new AuditChain { Id = entries[0].Chain };
        var walk = new ChainWalk(ends);
        Assert.Equal(1, walk.Expected);

        ends.Anchor(2, entries[1].Hash!);
        walk.FollowAnchor(ends);
        walk.Step(entries[2]);
        walk.Step(entries[3]);
        Assert.Empty(walk.ToReport().Findings);
        Assert.Equal(4, walk.Reached);
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Link_EntriesOfSeveralOrganizations_GivesEachItsOwnUnbrokenChain(Db db)
    {
        await using var lab = await AuditLab.CreateAsync(db, postgres);
        var (first, second) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        foreach (var count in new[] { 1, 3 })
        {
            await lab.WriteAsync(first, count);
            await lab.WriteAsync(second, 1);
            Assert.False(await lab.LinkAsync());
        }

        var entries = await lab.EntriesAsync(first);
        Assert.Equal([1L, 2, 3, 4], entries.Select(entry => entry.Sequence!.Value));
        Assert.Equal(entries.Select(entry => entry.Timestamp).Order(), entries.Select(entry => entry.Timestamp));
        Assert.Equal(entries.Select(entry => entry.Hash!).Prepend(AuditChain.Origin), entries.Select(entry => entry.PreviousHash!).Append(entries[^1].Hash!));
        Assert.Equal([4L, 2L], (await lab.VerifyAsync()).OrderByDescending(report => report.Entries).Select(report => report.Entries));
        Assert.Empty(await lab.FindingsAsync());
        Assert.Equal(second, Assert.Single(await lab.VerifyAsync(second)).Id);
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Link_MoreThanABatch_TakesAll(Db db)
    {
        await using var lab = await AuditLab.CreateAsync(db, postgres);
        var organization = Guid.CreateVersion7();
        await using (var scope = lab.Database.As(TestCallers.User(organizationId: organization)))
        {
            for (var i = 0; i < 1203; i++)
                scope.Get<AuditTrail>().Write("thing.change", "thing", i);
            await scope.Db.SaveChangesAsync();
        }

        await lab.LinkAsync();
        Assert.Equal((1203L, 1203L, 0L), (await lab.VerifyAsync()).Select(report => (report.Entries, report.Sequence, report.Problems)).Single());
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Link_OperationRefusedAfterItsSave_IsCorrectedWhileYoungAndGetsAnEntryOfItsOwnLater(Db db)
    {
        await using var lab = await AuditLab.CreateAsync(db, postgres);
        var organization = Guid.CreateVersion7();
        await RefuseLateAsync(lab, organization, linkBefore: false);
        await RefuseLateAsync(lab, organization, linkBefore: true);
        await lab.LinkAsync();

        var entries = await lab.EntriesAsync(organization);
        Assert.Equal([AuditOutcome.Failed, AuditOutcome.Success, AuditOutcome.Failed], entries.Select(entry => entry.Outcome));
        Assert.Equal(["thing.busy", null, "thing.busy"], entries.Select(entry => entry.Reason));
        Assert.Empty(await lab.FindingsAsync());
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Link_YoungEntries_StayOpenAndAreAnnounced(Db db)
    {
        await using var lab = await AuditLab.CreateAsync(db, postgres);
        var organization = Guid.CreateVersion7();
        await lab.WriteAsync(organization, 1);
        Assert.True(await lab.Chains.LinkAsync(CancellationToken.None));
        Assert.Null(Assert.Single(await lab.EntriesAsync(organization)).Sequence);
        Assert.False(await lab.LinkAsync());
        Assert.Equal(1, Assert.Single(await lab.EntriesAsync(organization)).Sequence);
    }

    [Fact]
    public async Task Link_ManyNodesAtOnceWithLateCorrections_GivesOneUnbrokenChain()
    {
        var connection = await postgres.CreateMigratedDatabaseAsync();
        var nodes = new List<AuditLab> { await AuditLab.CreateAsync(connection) };
        for (var i = 1; i < 3; i++)
            nodes.Add(await AuditLab.CreateAsync(connection, migrate: false));
        var organizations = new[] { Guid.CreateVersion7(), Guid.CreateVersion7() };
        await Task.WhenAll(nodes.SelectMany(node => organizations.Select(organization => node.WriteAsync(organization, 40))));

        var correcting = Task.Run(async () =>
        {
            await using var scope = nodes[0].Database.As(Caller.Platform);
            var corrected = 0;
            foreach (var id in await scope.Db.AuditEntries.Select(entry => entry.Id).ToListAsync())
                corrected += await scope.Db.AuditEntries.Where(entry => entry.Id == id && entry.Sequence == null).ExecuteUpdateAsync(set => set.SetProperty(entry => entry.Outcome, AuditOutcome.Failed));
            return corrected;
        });
        await Task.WhenAll(nodes.SelectMany(node => Enumerable.Range(0, 4).Select(_ => Task.Run(node.LinkAsync))));
        await correcting;
        await nodes[0].LinkAsync();

        Assert.Equal([(120L, 0L), (120L, 0L)], (await nodes[0].VerifyAsync()).Select(report => (report.Entries, report.Problems)));
        foreach (var node in nodes)
            await node.DisposeAsync();
    }

    private static async Task RefuseLateAsync(AuditLab lab, Guid organization, bool linkBefore)
    {
        await using var scope = lab.Database.As(TestCallers.User(organizationId: organization));
        var trail = scope.Get<AuditTrail>();
        trail.Begin("thing.change", "1");
        await scope.Db.SaveChangesAsync();
        if (linkBefore)
            await lab.LinkAsync();
        await trail.EndAsync(Error.Conflict("thing.busy", "Busy"), CancellationToken.None);
        lab.Database.Clock.Advance(TimeSpan.FromMilliseconds(10));
    }
}
