"""Latin words a Russian subscriber writes on purpose: terms of the trade and frequent English words.

Both tell `nlu.layout`, `nlu.translit` and `nlu.language` that a Latin word is no Russian word in disguise.
"""

from nlu.wordlist import wordlist

# Written in Latin letters inside Russian, English and Chinese alike: they speak for no language.
TERMS = wordlist(
    """
    2g 3g 4g 5g air airpods android apn apple edge email esim facebook fi flip fold gb gmail google gprs gps gsm hd
    honor hotspot huawei id imei instagram internet ios ip ipad iphone iwatch kb lite lte lte-a mac mail market max
    mb mini mms mnp mts nfc nokia note ok online ota pin pin1 pin2 play plus pro puk qr realme redmi samsung sim
    siri skype sms sos spotify steam t2 tele2 telegram tg tiktok tv twitch ui ultra umts usb ussd viber vip vk volte
    vowifi vpn wap watch web whatsapp wi wi-fi wifi wink xiaomi yandex yota youtube zoom
    """
)

ENGLISH = wordlist(
    """
    a about abroad account activate add after again agent all already also am an and another answer any anyone app
    are as ask at automatic away back bad balance be because been before best better bill block blocked bonus but
    buy by bye call calls can can't cancel cannot card change charge charged cheap check choose city client close
    code connect connection contact cost could country customer data day days deactivate dear debit delete device
    did didn't disable discount do does doesn't don't done download each eat else enable end english error even
    every eye fast fee fibre find first fit for forgot forward found free friend from get gift give go good goodbye
    got had has have he hello help her here hey hi him his home hour how human i i'm i've if in info into is isn't
    it it's its just keep kept key know language last later least left less let like limit line list live load local
    log login long look lost low make many may me mean message minute minutes missing mobile modem money month
    monthly more most move much must my name near need network never new next no nope not nothing now number of off
    office offline okay old on one only open operator operator's option or order other our out over own package paid
    pass passport password pay payment person pet phone plan please port possible price problem program put question
    quick rate real receive recharge refund register rent replace reset restore return roaming router russia russian
    same say see send sent service set settings she shop should show signal since site slow so some someone soon
    sorry speak speed start still stolen stop store subscribe subscription such support sure switch take talk tariff
    tell test text than thank thanks that the their them then there these they thing this time to today too top
    transfer travel trip try turn two understand unlimited unlock unsubscribe until up upgrade us use using verify
    via wait want was way we week well were what when where which who why will with without won't wont work working
    would wrong yep yes yesterday yet you your
    """
)
