"""Small files in the official formats, each with the oddities of its format."""

from __future__ import annotations

SDN = (
    b'306,"BANCO NACIONAL DE CUBA",-0- ,"CUBA",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,"a.k.a. \'BNC\'."\r\n'
    b'6908,"AL-IRAQI, Abd al-Hadi","individual","SDGT] [SDNTK",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,'
    b'"DOB circa 1961; alt. DOB 10 Dec 1948; POB Mosul, Iraq; nationality Iraq; '
    b"Passport 0094405 (Iraq) issued 1990; Gender Male; Linked To: AL QA'IDA\"\r\n"
    b'4243,"EBANO","vessel","CUBA",-0- ,"CL2192","General Cargo","2595","1865","Panama",-0- ,'
    b"\"Vessel Registration Identification IMO 7406784; f.k.a. 'ANA I'.\"\r\n"
    b'15431,"EP-GOM","aircraft","SDGT",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,'
    b'"Aircraft Manufacturer\'s Serial Number (MSN) 1023409321; Linked To: POUYA AIR."\r\n\x1a'
)
ALT = b'306,220,"aka","NATIONAL BANK OF CUBA",-0- \r\n6908,9,"aka","ABU ABDALLAH",-0- \r\n\x1a'
ADD = (
    b'306,199,"Zweierstrasse 35","Zurich CH-8022","Switzerland",-0- \r\n'
    b'6908,1,-0- ,-0- ,"Iraq",-0- \r\n\x1a'
)
COMMENTS = b'6908,"; Further remarks."\r\n\x1a'
SDN_XML = b"""<?xml version="1.0" standalone="yes"?>
<sdnList xmlns="http://tempuri.org/sdnList.xsd">
<publshInformation><Publish_Date>03/10/2021</Publish_Date><Record_Count>2</Record_Count></publshInformation>
<sdnEntry><uid>306</uid><lastName>BANCO NACIONAL DE CUBA</lastName><sdnType>Entity</sdnType>
<programList><program>CUBA</program></programList>
<akaList><aka><uid>219</uid><type>a.k.a.</type><category>weak</category><lastName>BNC</lastName></aka></akaList>
<addressList><address><uid>1</uid><address1>Zweierstrasse 35</address1><city>Zurich</city>
<country>Switzerland</country></address></addressList></sdnEntry>
<sdnEntry><uid>6908</uid><firstName>Abd al-Hadi</firstName><lastName>AL-IRAQI</lastName>
<sdnType>Individual</sdnType><programList><program>SDGT</program></programList>
<idList><id><uid>2</uid><idType>Passport</idType><idNumber>0094405</idNumber><idCountry>Iraq</idCountry></id></idList>
<dateOfBirthList><dateOfBirthItem><uid>3</uid><dateOfBirth>circa 1961</dateOfBirth></dateOfBirthItem>
</dateOfBirthList></sdnEntry></sdnList>
"""
ENHANCED = b"""<?xml version="1.0" encoding="utf-8"?>
<sanctionsData
xmlns="https://sanctionslistservice.ofac.treas.gov/api/PublicationPreview/exports/ENHANCED_XML">
<publicationInfo><dataAsOf>2025-01-10T00:00:00</dataAsOf><filters><sanctionsLists> <sanctionsList
refId="1">Consolidated List</sanctionsList></sanctionsLists></filters></publicationInfo> <entities><entity
id="9639"><generalInfo><entityType refId="600">Individual</entityType></generalInfo>
<sanctionsLists><sanctionsList id="1" datePublished="2006-04-12">Non-SDN Palestinian Legislative Council List\
</sanctionsList><sanctionsList id="2" datePublished="2006-04-12">Consolidated List</sanctionsList>
<sanctionsList id="3" datePublished="2018-01-31">SDN List</sanctionsList></sanctionsLists>
<sanctionsPrograms><sanctionsProgram id="1">NS-PLC</sanctionsProgram></sanctionsPrograms> <names><name
id="1"><isPrimary>true</isPrimary><isLowQuality>false</isLowQuality><translations> <translation
id="1"><isPrimary>true</isPrimary><formattedFullName>HANIYA, Ismail</formattedFullName></translation>
<translation id="2"><isPrimary>false</isPrimary><formattedFullName>\xd9\x87\xd9\x86\xd9\x8a\xd8\xa9\
</formattedFullName></translation></translations></name></names> <addresses><address id="1"><country
refId="1">Palestinian</country><translations/></address></addresses> <features><feature id="1"><type
featureTypeId="8">Birthdate</type><value>1962</value></feature></features>
</entity></entities></sanctionsData>
"""
UN = """<?xml version="1.0" encoding="UTF-8"?>
<CONSOLIDATED_LIST dateGenerated="2026-02-27T00:00:09.554Z"><INDIVIDUALS><INDIVIDUAL>
<DATAID>6907993</DATAID><FIRST_NAME>ERIC</FIRST_NAME><SECOND_NAME>BADEGE</SECOND_NAME>
<UN_LIST_TYPE>DRC</UN_LIST_TYPE><REFERENCE_NUMBER>CDi.001</REFERENCE_NUMBER><LISTED_ON>2012-12-31</LISTED_ON>
<NAME_ORIGINAL_SCRIPT>إريك</NAME_ORIGINAL_SCRIPT>
<NATIONALITY><VALUE>Democratic Republic of the Congo</VALUE></NATIONALITY>
<INDIVIDUAL_ALIAS><QUALITY>Low</QUALITY><ALIAS_NAME>Rumuli</ALIAS_NAME></INDIVIDUAL_ALIAS>
<INDIVIDUAL_ALIAS><QUALITY>Good</QUALITY><ALIAS_NAME>Azim A; Azim B</ALIAS_NAME></INDIVIDUAL_ALIAS>
<INDIVIDUAL_ALIAS><QUALITY/><ALIAS_NAME/></INDIVIDUAL_ALIAS>
<INDIVIDUAL_ADDRESS><CITY>Kinshasa</CITY><COUNTRY>Rwanda</COUNTRY></INDIVIDUAL_ADDRESS>
<INDIVIDUAL_DATE_OF_BIRTH><TYPE_OF_DATE>EXACT</TYPE_OF_DATE><DATE>1971-04-28</DATE></INDIVIDUAL_DATE_OF_BIRTH>
<INDIVIDUAL_DATE_OF_BIRTH><TYPE_OF_DATE>BETWEEN</TYPE_OF_DATE><FROM_YEAR>1973</FROM_YEAR><TO_YEAR>1975</TO_YEAR>
</INDIVIDUAL_DATE_OF_BIRTH><INDIVIDUAL_DATE_OF_BIRTH><TYPE_OF_DATE>APPROXIMATELY</TYPE_OF_DATE>
<DATE>1980-02-03</DATE></INDIVIDUAL_DATE_OF_BIRTH>
<INDIVIDUAL_DOCUMENT><TYPE_OF_DOCUMENT>Passport</TYPE_OF_DOCUMENT><NUMBER>OB0243318</NUMBER>
<ISSUING_COUNTRY>Uganda</ISSUING_COUNTRY></INDIVIDUAL_DOCUMENT></INDIVIDUAL></INDIVIDUALS>
<ENTITIES><ENTITY><DATAID>6908402</DATAID><FIRST_NAME>ADF</FIRST_NAME><REFERENCE_NUMBER>CDe.001</REFERENCE_NUMBER>
<ENTITY_ALIAS><QUALITY>f.k.a.</QUALITY><ALIAS_NAME>Allied Democratic Forces</ALIAS_NAME></ENTITY_ALIAS>
</ENTITY></ENTITIES></CONSOLIDATED_LIST>
""".encode()
EU = b"""<?xml version="1.0" encoding="UTF-8"?>
<export xmlns="http://eu.europa.ec/fpi/fsd/export" generationDate="2021-03-02T16:28:05.354+01:00">
<sanctionEntity euReferenceNumber="EU.27.28" logicalId="13" unitedNationId="LYi.009"> <regulation
publicationDate="2003-07-08" entryIntoForceDate="2003-07-07" programme="IRQ"/> <subjectType code="person"
classificationCode="P"/> <nameAlias wholeName="Abu Ali" strong="false"/><nameAlias wholeName="Saddam Hussein
Al-Tikriti" strong="true"> <regulationSummary publicationDate="2003-07-08"/></nameAlias> <citizenship
countryIso2Code="IQ"/><address city="Baghdad" countryIso2Code="00" countryDescription="UNKNOWN"/> <birthdate
circa="false" birthdate="1937-04-28" year="1937"/><birthdate yearRangeFrom="1940" yearRangeTo="1941"/>
<identification identificationTypeCode="passport" number="34409" countryIso2Code="IQ"/></sanctionEntity>
<sanctionEntity euReferenceNumber="EU.27.28" logicalId="13"><regulation programme="TAQA"/> <subjectType
code="person" classificationCode="P"/><nameAlias wholeName="Hussein, Saddam" strong="true"/>
</sanctionEntity></export>
"""
CANADA = b"""<?xml version="1.0" encoding="UTF-8"?>
<data-set><record><Country>Burma / Birmanie</Country><Entity>Htoo Group</Entity>
<Aliases>Htoo Trading Company, Ltd., Htoo Wood</Aliases><Schedule>1</Schedule><Item>8</Item></record>
<record><Country>Burma / Birmanie</Country><LastName>Shwe</LastName><GivenName>Than</GivenName>
<DateOfBirth>1933-02-02</DateOfBirth><Schedule>2</Schedule><Item>8</Item></record></data-set>
"""
CSL_HEADER = (
    b"_id,source,entity_number,type,programs,name,title,addresses,federal_register_notice,start_date,end_date,"
    b"standard_order,license_requirement,license_policy,call_sign,vessel_type,gross_tonnage,"
    b"gross_registered_tonnage,vessel_flag,vessel_owner,remarks,source_list_url,alt_names,citizenships,"
    b"dates_of_birth,nationalities,places_of_birth,source_information_url,ids\n"
)
CSL = CSL_HEADER + (
    b"52291,Specially Designated Nationals (SDN) - Treasury Department,52291,Individual,NPWMD; IFSR,"
    b'"RIM, Ryong Nam",,"Shenyang, CN; Pyongyang, KP; RU",,,,,,,,,,,,,,,"IM, Yong; LIM",,1978-12-05,KP,,,'
    b'"Passport, 836238033, KP, 23 Sep 1997; Gender, Male"\n'
    b"1b5979,Unverified List (UVL) - Bureau of Industry and Security,,,,Atlas Sanatgaran,,"
    b'"Komitas 26/114, Yerevan, Armenia, AM",,,,,,,,,,,,,,,,,,,,,\n'
    b"b601,Denied Persons List (DPL) - Bureau of Industry and Security,,,,I. ASH,,"
    b'"605 TRAIL LAKE, TX, 75081, US",67 F.R. 56530,2002-03-04,2056-06-29,Y,,,,,,,,,50 YEAR DENIAL,,,,,,,,\n'
)
CSL_JSON = b"""{"total": 1, "results": [{"id": "306", "name": "BANCO NACIONAL DE CUBA", "type": "Entity",
"source": "Specially Designated Nationals (SDN) - Treasury Department", "alt_names": ["BNC"],
"programs": ["CUBA"],
"addresses": [{"address": "Zweierstrasse 35", "city": "Zurich", "state": null, "postal_code": null,
"country": "CH"}], "dates_of_birth": [], "ids": [{"type": "Tax ID No.", "number": "1", "country": "CU"}]}]}
"""
DPL_TAB = (
    b'"Name"\t"Street_Address"\t"City"\t"State"\t"Country"\t"Postal_Code"\t"Effective_Date"\t"Expiration_Date"\t'
    b'"Standard_Order"\t"Last_Update"\t"Action"\t"FR_Citation"\n'
    b'" I. ASH"\t"605 TRAIL LAKE"\t"RICHARDSON"\t"TX"\t"US"\t"75081"\t"06/19/2003"\t"06/29/2056"\t"Y"\t'
    b'"2007-01-31"\t"UPDATED"\t"68 F.R. 38290 6/27/03"\n'
    b'" I. ASH"\t"FCI SEAGOVILLE"\t"SEAGOVILLE"\t"TX"\t"US"\t"75159"\t"06/19/2003"\t""\t"Y"\t'
    b'"2007-01-31"\t"UPDATED"\t"68 F.R. 38290 6/27/03"\n'
)
DPL_CSV = (
    b"\xef\xbb\xbfName_and_Address,Effective_Date,Expiration_Date,Appropriate Federal Register Citations,"
    b"Type of Denial\r\n"
    b'"MARCO SANTILLAN, JR, 4945 SAGEWOOD LANE, HEMET, CA, US, 92545",12/15/2025,08/01/2032,'
    b"90 F.R. 58546,Standard\r\n"
)
DDTC = (
    b"Party Name,Date Of Birth,Federal Register Notice,Notice Date,Corrected Notice,Corrected Notice Date\r\n"
    b'"A & C International Trade, Inc.",,67 FR 10033,3/5/2002,,\r\n'
    b'"Ahmed, Tariq (a.k.a. Tariq Amin; Tariq Ahmad Amin)","November, 1975",83 FR 18112 ,4/25/2018,,\r\n'
)
DDTC_ADMINISTRATIVE = (
    b"Name,Date,Charging Letter,Debarment Order,Federal Register Notice\r\n"
    b'VTA Telecom Corporation,4/20/2023,"PDF, 1.5MB",,88 FR 39554\r\n'
)
ISN = (
    b"Source List,Programs,Name,Alternative Names,Country,Federal Register Notice,Effective Date,"
    b"Remarks/Notes,Web Link\n"
    b'ISN,E.O. 13382,Abdul Qadeer Khan,,Pakistan,"Vol. 74, No. 11",1/9/2009,A.Q. Khan Network,\n,,,,,,,,\n'
    b"ISN,Export-Import Bank Act,Abdul Qadeer Khan,,Pakistan,,1/9/2009,,\n"
    b'ISN,INKSNA,Elmstone,"Elm, F.K.A. Stone, Ltd.",North Korea,,1/24/2013,,\n'
)
AGENCY = (
    b"Source List,Entity Number,SDN Type,Programs,Name,Title,Address,City,State/Province,Postal Code,Country,"
    b"Federal Register Notice,Effective Date,License Requirement,License Policy,Alternate Name,Web Link,,\n"
    b'EL,,,,Fazal Rahim Farid,,"Microrayan 3rd Apt. 45",Kabul,,,Afghanistan,76 FR 71867,11/21/2011,'
    b"For all items subject to the EAR.,Presumption of denial.,Farid,http://www.bis.doc.gov\n"
    b'EL,,,,Fazal Rahim Farid,,"A2 Ground Floor",Kabul,,,Afghanistan,76 FR 71867,11/21/2011,'
    b"For all items subject to the EAR.,Presumption of denial.,Engineer Idris,http://www.bis.doc.gov\n"
)
UVL = (
    b"COUNTRY,NAME,ADDRESS,,\nRussia,Security 2 Business Academy,Moscow,,\n"
    b"Russia,Security 2 Business Academy,Perm,,\n"
)
# The columns of the government's file of October 2026 that we use; the rows are made up.
UK_OFFICIAL = """Report Date: 08-Oct-2026
Last Updated,Unique ID,OFSI Group ID,UN Reference Number,Name 6,Name 1,Name 2,Name 3,Name 4,Name 5,\
Name type,Alias strength,Title,Name non-latin script,Regime Name,Designation Type,Other Information,\
Address Line 1,Address Postal Code,Address Country,Date Designated,D.O.B,Nationality(/ies),\
Passport number,Position,IMO number,Current believed flag of ship
16/04/2026,RUS0001,1,,PETROV,IVAN,,,,,Primary Name,,,Иван Петров,Russia,Individual,,1 Street,,Russia,\
27/02/2024,07/10/1952,Russia,12 345,President,,
16/04/2026,RUS0001,1,,PETROFF,IVAN,,,,,Alias,Low quality a.k.a,,,Russia,Individual,,,,,27/02/2024,\
00/00/1953,,,,,
16/04/2026,RUS0002,2,,TANKER,,,,,,Primary Name,,,,Russia,Ship,,,,,09/05/2025,,,,,9123456,Panama
""".encode()
UK_SUBJECTS = (
    b"unique_id,subject_type,un_reference_number,ofsi_group_id,date_designated,last_updated\n"
    b"AFG0001,entity,TAe.010,12703,29/06/2012,16/04/2026\nRUS0001,individual,,1,27/02/2024,09/04/2025\n"
)
UK_NAMES = (
    b"name_id,unique_id,name_type,alias_strength,full_name\n0,AFG0001,primary,,HAJI KHAIRULLAH\n"
    b"1,AFG0001,alias,low_quality_aka,Haji\n2,RUS0001,primary,,Ivan Ivanov\n"
)
UK_DOBS = b"dob_id,unique_id,year,month,day,precision\n0,RUS0001,1967,01,01,exact\n1,RUS0001,1968,,,year_only\n"
FTM = (
    b'{"id":"a-1","schema":"Person","properties":{"alias":["Julian Mejia"],'
    b'"name":["Juli\xc3\xa1n Mej\xc3\xada",'
    b'"\xd0\xae\xd0\xbb\xd0\xb8\xd0\xb0\xd0\xbd"],"weakAlias":["Jul"],"birthDate":["1971"],"nationality":["hn"],'
    b'"passportNumber":["D55262629"],"country":["hn","cn-xz"]},"datasets":["example"],"target":true}\n'
    b'{"id":"a-2","schema":"Vessel","properties":{"name":["EBANO"],"imoNumber":["IMO7406784"],"flag":["pa"]},'
    b'"datasets":["example"]}\n'
    b'{"id":"a-3","schema":"Ownership","properties":{"owner":["a-1"]},"datasets":["example"]}\n'
)
PART_744 = """<?xml version="1.0" encoding="UTF-8"?>
<DIV5 N="744" TYPE="PART"><HEAD>PART 744</HEAD>
<DIV9 N="Supplement No. 4 to Part 744" TYPE="APPENDIX"><HEAD>Entity List</HEAD><TABLE>
<THEAD><TR><TH>Country</TH><TH>Entity</TH><TH>License requirement</TH><TH>License review<br/>policy</TH>
<TH>Federal Register citation</TH></TR></THEAD><TBODY>
<TR><TD>AFGHANISTAN</TD><TD>Abdul Satar Ghoura, 501, 5th Floor, Kabul, Afghanistan.</TD>
<TD>For all items subject to the EAR. (See § 744.11 of the EAR)</TD><TD>Presumption of denial</TD>
<TD>76 FR 71869, 11/21/11.</TD></TR>
<TR><TD>CHINA, PEOPLE'S REPUBLIC OF</TD><TD>Address 01, Room 1, Hong Kong.</TD>
<TD>For all items subject to the EAR. (See § 744.11 of the EAR)</TD><TD>Presumption of denial</TD>
<TD>89 FR 55033, 7/3/24.</TD></TR></TBODY></TABLE></DIV9>
<DIV9 N="Supplement No. 6 to Part 744" TYPE="APPENDIX"><HEAD>Unverified List</HEAD><TABLE><THEAD><TR>
<TH>Country</TH><TH>Listed person and address</TH><TH>Federal Register citation</TH></TR></THEAD><TBODY>
<TR><TD>RUSSIA</TD><TD>Academy of Business Security, Moscow, Russia.</TD><TD>79 FR 34217, 06/16/14.</TD></TR>
</TBODY></TABLE></DIV9>
<DIV9 N="Supplement No. 7 to Part 744" TYPE="APPENDIX"><HEAD>Military End-User List</HEAD><TABLE><THEAD><TR>
<TH>Country</TH><TH>Entity</TH><TH>Federal Register citation</TH></TR></THEAD><TBODY>
<TR><TD>RUSSIA</TD><TD>Admiralty Shipyard JSC.</TD><TD>85 FR 83799, 12/23/20.</TD></TR></TBODY></TABLE></DIV9>
</DIV5>
""".encode()

# Name of the file -> content, of formats that one file is enough for.
SINGLE: dict[str, bytes] = {
    "sdn.csv": SDN, "sdn.xml": SDN_XML, "cons_enhanced.xml": ENHANCED, "un.xml": UN, "eu.xml": EU,
    "canada.xml": CANADA, "csl.csv": CSL, "csl.json": CSL_JSON, "dpl.txt": DPL_TAB, "dpl.csv": DPL_CSV,
    "ddtc.csv": DDTC, "ddtc_administrative.csv": DDTC_ADMINISTRATIVE, "isn.csv": ISN, "el.csv": AGENCY,
    "uvl.csv": UVL, "list.ftm.json": FTM, "part-744.xml": PART_744, "uk.csv": UK_OFFICIAL,
}  # fmt: skip
# Files that belong together in one folder.
FOLDERS: dict[str, dict[str, bytes]] = {
    "ofac": {"sdn.csv": SDN, "alt.csv": ALT, "add.csv": ADD, "sdn_comments.csv": COMMENTS},
    "uk": {"subjects.csv": UK_SUBJECTS, "names.csv": UK_NAMES, "dobs.csv": UK_DOBS},
}
