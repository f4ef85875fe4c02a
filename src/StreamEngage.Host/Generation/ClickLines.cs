namespace StreamEngage.Host.Generation;

/// <summary>The JSON of each type of generated event.</summary>
internal static class ClickLines
{
    public static void Write(ref LineText text, in ClickEvent e)
    {
        WriteHead(ref text, e);
        text.Add(",\"at\":"u8);
        text.Add(e.At.UnixMilliseconds);
        text.Add(",\"props\":{"u8);
        WriteProps(ref text, e);
        text.Add("}}\n"u8);
    }

    public static void WriteMalformed(ref LineText text, in ClickEvent e)
    {
        switch (e.Number % 4)
        {
            case 0:
                WriteHead(ref text, e);
                text.Add(",\"at\":"u8);
                text.Add("\n"u8);
                break;
            case 1:
                WriteHead(ref text, e);
                text.Add(",\"at\":\"yesterday\",\"props\":{}}\n"u8);
                break;
            case 2:
                text.Add("{\"id\":\"e"u8);
                text.Add(e.Number);
                text.Add("\",\"type\":\"view\",\"at\":"u8);
                text.Add(e.At.UnixMilliseconds);
                text.Add("}\n"u8);
                break;
            default:
                text.Add("<html>502 Bad Gateway</html>\n"u8);
                break;
        }
    }

    public static void WriteId(ref LineText text, long number)
    {
        text.Add("\"e"u8);
        text.Add(number);
        text.Add("\""u8);
    }

    public static void WriteUser(ref LineText text, int user)
    {
        text.Add("\"u"u8);
        text.AddPadded(user, 6);
        text.Add("\""u8);
    }

    public static void WriteCart(ref LineText text, int user, int cart)
    {
        text.Add("\"cart_id\":\"c"u8);
        text.AddPadded(user, 6);
        text.Add("-"u8);
        text.Add(cart);
        text.Add("\""u8);
    }

    public static void WriteItem(ref LineText text, int item)
    {
        text.Add("\"item\":\"sku-"u8);
        text.AddPadded(item, 5);
        text.Add("\""u8);
    }

    private static void WriteHead(ref LineText text, in ClickEvent e)
    {
        text.Add("{\"id\":"u8);
        WriteId(ref text, e.Number);
        text.Add(",\"user\":"u8);
        WriteUser(ref text, e.User);
        text.Add(",\"type\":\""u8);
        text.Add(Name(e.Type));
        text.Add("\""u8);
    }

    private static void WriteProps(ref LineText text, in ClickEvent e)
    {
        switch (e.Type)
        {
            case ClickType.PageView:
                AddText(ref text, "\"page\":\""u8, Shop.Page(e.Detail));
                break;
            case ClickType.View:
                WriteGoods(ref text, e);
                break;
            case ClickType.Search:
                AddText(ref text, "\"query\":\""u8, Shop.Category(e.Item));
                text.Add(",\"results\":"u8);
                text.Add(e.Detail);
                break;
            case ClickType.ProfileUpdate:
                AddText(ref text, "\"time_zone\":\""u8, Shop.Zone(e.Detail / 4));
                AddText(ref text, ",\"tier\":\""u8, Shop.Tier(e.Detail % 4));
                break;
            default:
                WriteCart(ref text, e.User, e.Cart);
                WriteCartProps(ref text, e);
                break;
        }
    }

    private static void WriteCartProps(ref LineText text, in ClickEvent e)
    {
        switch (e.Type)
        {
            case ClickType.CartAdd:
                text.Add(","u8);
                WriteGoods(ref text, e);
                break;
            case ClickType.CheckoutStart:
                text.Add(",\"total\":"u8);
                text.AddCents(e.Cents);
                break;
            case ClickType.FormError:
                AddText(ref text, ",\"field\":\""u8, Shop.Field(e.Detail));
                break;
            case ClickType.CheckoutError:
                AddText(ref text, ",\"code\":\""u8, Shop.Code(e.Detail));
                break;
            case ClickType.Purchase:
                text.Add(",\"value\":"u8);
                text.AddCents(e.Cents);
                text.Add(",\"items\":"u8);
                text.Add(e.Detail);
                break;
        }
    }

    private static void WriteGoods(ref LineText text, in ClickEvent e)
    {
        WriteItem(ref text, e.Item);
        AddText(ref text, ",\"category\":\""u8, Shop.Category(e.Item));
        text.Add(",\"price\":"u8);
        text.AddCents(e.Cents);
    }

    private static void AddText(ref LineText text, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        text.Add(name);
        text.Add(value);
        text.Add("\""u8);
    }

    private static ReadOnlySpan<byte> Name(ClickType type) => type switch
    {
        ClickType.PageView => "page_view"u8,
        ClickType.View => "view"u8,
        ClickType.Search => "search"u8,
        ClickType.CartAdd => "cart_add"u8,
        ClickType.CartClear => "cart_clear"u8,
        ClickType.CheckoutStart => "checkout_start"u8,
        ClickType.FormError => "form_error"u8,
        ClickType.CheckoutError => "checkout_error"u8,
        ClickType.Purchase => "purchase"u8,
        _ => "profile_update"u8,
    };
}
