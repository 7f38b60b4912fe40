"""States, provinces and their like of the countries whose addresses need one: names as the country writes them.

The names are the value that is kept: a shop sends names, and what it sends that is not here is kept as it came.
"""


def _names(words: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in words.split(","))


STATES: dict[str, tuple[str, ...]] = {
    "AR": _names(
        "Buenos Aires, Catamarca, Chaco, Chubut, Ciudad Autónoma de Buenos Aires, Córdoba, Corrientes, Entre Ríos, "
        "Formosa, Jujuy, La Pampa, La Rioja, Mendoza, Misiones, Neuquén, Río Negro, Salta, San Juan, San Luis, "
        "Santa Cruz, Santa Fe, Santiago del Estero, Tierra del Fuego, Tucumán"
    ),
    "AU": _names(
        "Australian Capital Territory, New South Wales, Northern Territory, Queensland, South Australia, Tasmania, "
        "Victoria, Western Australia"
    ),
    "BR": _names(
        "Acre, Alagoas, Amapá, Amazonas, Bahia, Ceará, Distrito Federal, Espírito Santo, Goiás, Maranhão, "
        "Mato Grosso, Mato Grosso do Sul, Minas Gerais, Pará, Paraíba, Paraná, Pernambuco, Piauí, Rio de Janeiro, "
        "Rio Grande do Norte, Rio Grande do Sul, Rondônia, Roraima, Santa Catarina, São Paulo, Sergipe, Tocantins"
    ),
    "CA": _names(
        "Alberta, British Columbia, Manitoba, New Brunswick, Newfoundland and Labrador, Northwest Territories, "
        "Nova Scotia, Nunavut, Ontario, Prince Edward Island, Quebec, Saskatchewan, Yukon"
    ),
    "CL": _names(
        "Antofagasta, Arica y Parinacota, Atacama, Aysén, Biobío, Coquimbo, La Araucanía, Los Lagos, Los Ríos, "
        "Magallanes, Maule, Metropolitana de Santiago, Ñuble, O'Higgins, Tarapacá, Valparaíso"
    ),
    "CO": _names(
        "Amazonas, Antioquia, Arauca, Atlántico, Bogotá D. C., Bolívar, Boyacá, Caldas, Caquetá, Casanare, Cauca, "
        "Cesar, Chocó, Córdoba, Cundinamarca, Guainía, Guaviare, Huila, La Guajira, Magdalena, Meta, Nariño, "
        "Norte de Santander, Putumayo, Quindío, Risaralda, San Andrés y Providencia, Santander, Sucre, Tolima, "
        "Valle del Cauca, Vaupés, Vichada"
    ),
    "ES": _names(
        "A Coruña, Álava, Albacete, Alicante, Almería, Asturias, Ávila, Badajoz, Barcelona, Bizkaia, Burgos, Cáceres, "
        "Cádiz, Cantabria, Castellón, Ceuta, Ciudad Real, Córdoba, Cuenca, Gipuzkoa, Girona, Granada, Guadalajara, "
        "Huelva, Huesca, Illes Balears, Jaén, La Rioja, Las Palmas, León, Lleida, Lugo, Madrid, Málaga, Melilla, "
        "Murcia, Navarra, Ourense, Palencia, Pontevedra, Salamanca, Santa Cruz de Tenerife, Segovia, Sevilla, Soria, "
        "Tarragona, Teruel, Toledo, Valencia, Valladolid, Zamora, Zaragoza"
    ),
    "IN": _names(
        "Andaman and Nicobar Islands, Andhra Pradesh, Arunachal Pradesh, Assam, Bihar, Chandigarh, Chhattisgarh, "
        "Dadra and Nagar Haveli and Daman and Diu, Delhi, Goa, Gujarat, Haryana, Himachal Pradesh, Jammu and Kashmir, "
        "Jharkhand, Karnataka, Kerala, Ladakh, Lakshadweep, Madhya Pradesh, Maharashtra, Manipur, Meghalaya, Mizoram, "
        "Nagaland, Odisha, Puducherry, Punjab, Rajasthan, Sikkim, Tamil Nadu, Telangana, Tripura, Uttar Pradesh, "
        "Uttarakhand, West Bengal"
    ),
    "IT": _names(
        "Agrigento, Alessandria, Ancona, Aosta, Arezzo, Ascoli Piceno, Asti, Avellino, Bari, "
        "Barletta-Andria-Trani, Belluno, Benevento, Bergamo, Biella, Bologna, Bolzano, Brescia, Brindisi, Cagliari, "
        "Caltanissetta, Campobasso, Caserta, Catania, Catanzaro, Chieti, Como, Cosenza, Cremona, Crotone, Cuneo, "
        "Enna, Fermo, Ferrara, Firenze, Foggia, Forlì-Cesena, Frosinone, Genova, Gorizia, Grosseto, Imperia, Isernia, "
        "L'Aquila, La Spezia, Latina, Lecce, Lecco, Livorno, Lodi, Lucca, Macerata, Mantova, Massa-Carrara, Matera, "
        "Messina, Milano, Modena, Monza e della Brianza, Napoli, Novara, Nuoro, Oristano, Padova, Palermo, Parma, "
        "Pavia, Perugia, Pesaro e Urbino, Pescara, Piacenza, Pisa, Pistoia, Pordenone, Potenza, Prato, Ragusa, "
        "Ravenna, Reggio Calabria, Reggio Emilia, Rieti, Rimini, Roma, Rovigo, Salerno, Sassari, Savona, Siena, "
        "Siracusa, Sondrio, Sud Sardegna, Taranto, Teramo, Terni, Torino, Trapani, Trento, Treviso, Trieste, Udine, "
        "Varese, Venezia, Verbano-Cusio-Ossola, Vercelli, Verona, Vibo Valentia, Vicenza, Viterbo"
    ),
    "JP": _names(
        "Aichi, Akita, Aomori, Chiba, Ehime, Fukui, Fukuoka, Fukushima, Gifu, Gunma, Hiroshima, Hokkaido, Hyogo, "
        "Ibaraki, Ishikawa, Iwate, Kagawa, Kagoshima, Kanagawa, Kochi, Kumamoto, Kyoto, Mie, Miyagi, Miyazaki, Nagano, "
        "Nagasaki, Nara, Niigata, Oita, Okayama, Okinawa, Osaka, Saga, Saitama, Shiga, Shimane, Shizuoka, Tochigi, "
        "Tokushima, Tokyo, Tottori, Toyama, Wakayama, Yamagata, Yamaguchi, Yamanashi"
    ),
    "MX": _names(
        "Aguascalientes, Baja California, Baja California Sur, Campeche, Chiapas, Chihuahua, Ciudad de México, "
        "Coahuila, Colima, Durango, Estado de México, Guanajuato, Guerrero, Hidalgo, Jalisco, Michoacán, Morelos, "
        "Nayarit, Nuevo León, Oaxaca, Puebla, Querétaro, Quintana Roo, San Luis Potosí, Sinaloa, Sonora, Tabasco, "
        "Tamaulipas, Tlaxcala, Veracruz, Yucatán, Zacatecas"
    ),
    "US": _names(
        "Alabama, Alaska, Arizona, Arkansas, California, Colorado, Connecticut, Delaware, District of Columbia, "
        "Florida, Georgia, Hawaii, Idaho, Illinois, Indiana, Iowa, Kansas, Kentucky, Louisiana, Maine, Maryland, "
        "Massachusetts, Michigan, Minnesota, Mississippi, Missouri, Montana, Nebraska, Nevada, New Hampshire, "
        "New Jersey, New Mexico, New York, North Carolina, North Dakota, Ohio, Oklahoma, Oregon, Pennsylvania, "
        "Puerto Rico, Rhode Island, South Carolina, South Dakota, Tennessee, Texas, Utah, Vermont, Virginia, "
        "Washington, West Virginia, Wisconsin, Wyoming"
    ),
}
