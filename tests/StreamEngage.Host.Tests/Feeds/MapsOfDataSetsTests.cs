using System.Text.Json;

namespace StreamEngage.Host.Tests.Feeds;

/// <summary>Every shipped mapping against the file it is for, by counts that are known of the file.</summary>
public sealed class MapsOfDataSetsTests
{
    private const string Rees46 = "rees46_2019oct_head/2019-Oct-head.csv.gz";
    private const string OnlineRetail = "online_retail_uci352/online_retail.csv.gz";
    private const string Cdnow = "cdnow/CDNOW_master.txt";
    private const string CdnowSample = "cdnow/CDNOW_sample.txt";
    private const string Eshop = "eshop2008/clickstream+data+for+online+shopping.zip";
    private const string Yammer = "yammer_emails/yammer_emails.csv.gz";
    private const string Movielens = "movielens_small/recommendation-ratings-train.csv.gz";
    private const string OpenBandit = "open_bandit_small_men/random_men.csv.gz";
    private const string Hillstrom = "hillstrom_train/hillstrom_train.csv.gz";
    private const string CookieCats = "cookie_cats/cookie_cats.csv.gz";
    private const string Telco = "telco_churn_train/telco_train.csv";

    [DatasetFact(Rees46)]
    public void Rees46_PassesButItsCutLastRow()
    {
        var feed = Feed.OfDataset("rees46.yaml", Rees46);
        Assert.Equal(17_434, feed.Events.Count);
        Assert.Equal(4_504, Distinct(feed, "user"));
        Assert.Equal((17_055, 165, 214), (OfType(feed, "view"), OfType(feed, "cart"), OfType(feed, "purchase")));
        Assert.Equal(["17436 cut-row 8 of 9 columns"], feed.Faults);
        Assert.EndsWith("elenberg,25.71,52040330", feed.RawFaults[0], StringComparison.Ordinal);
        Assert.Equal(At("2019-10-01T00:00:00Z"), feed.Events[0].GetProperty("at").GetInt64());
        Assert.Equal(35.79, Prop(feed.Events[0], "price").GetDouble());
        Assert.False(feed.Events[0].GetProperty("props").TryGetProperty("category_code", out _));
        Assert.Equal(17_434, Distinct(feed, "id"));
    }

    [DatasetFact(OnlineRetail)]
    public void OnlineRetail_HasEveryLineOfACustomer_AndTheKnownRevenue()
    {
        var feed = Feed.OfDataset("online-retail.yaml", OnlineRetail);
        Assert.Empty(feed.Faults);
        Assert.Equal((406_829, 135_080), (feed.Events.Count, feed.LeftOut));
        Assert.Equal(4_372, Distinct(feed, "user"));
        var clean = feed.Events.Where(e => Type(e) == "purchase" && Prop(e, "price").GetDouble() > 0).ToList();
        Assert.Equal(397_884, clean.Count);
        Assert.Equal(8_911_407.904m, clean.Sum(e => Prop(e, "value").GetDecimal()));
        Assert.Equal("17850", feed.Events[0].GetProperty("user").GetString());
    }

    [DatasetFact(Cdnow)]
    public void Cdnow_ComesInOrderOfTime()
    {
        var feed = Feed.OfDataset("cdnow.yaml", Cdnow);
        Assert.Empty(feed.Faults);
        Assert.Equal((69_659, 23_570), (feed.Events.Count, Distinct(feed, "user")));
        AssertInOrder(feed);
        Assert.Equal(At("1998-06-30T00:00:00Z"), feed.Events[^1].GetProperty("at").GetInt64());
    }

    [DatasetFact(CdnowSample)]
    public void CdnowSample_HasNoHeaderAndLosesNoRow()
    {
        var feed = Feed.OfDataset("cdnow-sample.yaml", CdnowSample);
        Assert.Empty(feed.Faults);
        Assert.Equal((6_919, 2_357), (feed.Events.Count, Distinct(feed, "user")));
    }

    [DatasetFact(Eshop)]
    public void Eshop2008_KeepsTheOrderOfASession()
    {
        var feed = Feed.OfDataset("eshop2008.yaml", Eshop);
        Assert.Empty(feed.Faults);
        Assert.Equal((165_474, 24_026), (feed.Events.Count, Distinct(feed, "session")));
        AssertInOrder(feed);
        Assert.Equal(At("2008-04-01T00:00:10Z"), feed.Events[0].GetProperty("at").GetInt64());
        Assert.Equal(84_695, feed.Events.Count(e => Prop(e, "above_average").ValueKind == JsonValueKind.True));
    }

    [DatasetFact(Yammer)]
    public void YammerEmails_CountByAction()
    {
        var feed = Feed.OfDataset("yammer-emails.yaml", Yammer);
        Assert.Empty(feed.Faults);
        Assert.Equal(90_389, feed.Events.Count);
        Assert.Equal((57_267, 20_459, 9_010, 3_653), (OfType(feed, "sent_weekly_digest"), OfType(feed, "email_open"),
            OfType(feed, "email_clickthrough"), OfType(feed, "sent_reengagement_email")));
        AssertInOrder(feed);
    }

    [DatasetFact(Movielens)]
    public void Movielens_HasEveryRating() => AssertClean("movielens.yaml", Movielens, 99_979);

    [DatasetFact(OpenBandit)]
    public void OpenBandit_HasEveryRound() => AssertClean("open-bandit.yaml", OpenBandit, 10_000);

    [DatasetFact(Hillstrom)]
    public void Hillstrom_HasEveryCustomer() => AssertClean("hillstrom.yaml", Hillstrom, 44_709);

    [DatasetFact(CookieCats)]
    public void CookieCats_HasEveryPlayer() => AssertClean("cookie-cats.yaml", CookieCats, 90_189);

    [DatasetFact(Telco)]
    public void Telco_HasEveryCustomer() => AssertClean("telco.yaml", Telco, 5_600);

    private static void AssertClean(string map, string file, int events)
    {
        var feed = Feed.OfDataset(map, file);
        Assert.Empty(feed.Faults);
        Assert.Equal((events, events), (feed.Events.Count, Distinct(feed, "id")));
    }

    private static void AssertInOrder(Feed feed)
    {
        var times = feed.Events.ConvertAll(e => e.GetProperty("at").GetInt64());
        Assert.True(times.Zip(times.Skip(1)).All(pair => pair.First <= pair.Second));
    }

    private static int Distinct(Feed feed, string field) =>
        feed.Events.Select(e => e.GetProperty(field).GetString()).Distinct(StringComparer.Ordinal).Count();

    private static int OfType(Feed feed, string type) => feed.Events.Count(e => Type(e) == type);

    private static string? Type(JsonElement e) => e.GetProperty("type").GetString();

    private static JsonElement Prop(JsonElement e, string name) => e.GetProperty("props").GetProperty(name);

    private static long At(string instant) =>
        DateTimeOffset.Parse(instant, System.Globalization.CultureInfo.InvariantCulture).ToUnixTimeMilliseconds();
}
